# Odoo's runner takes the modules that are named here and begin with test_
from .facts import (
    test_facts,
    test_indicator_edges,
    test_invoice_facts,
    test_random_relations,
    test_messages,
    test_money,
    test_no_look_ahead,
    test_our_lateness,
    test_no_money_ahead,
    test_people_facts,
    test_population,
)
from .health import (
    test_advice,
    test_alert,
    test_bad_input,
    test_board,
    test_board_ui,
    test_changes,
    test_config,
    test_custom_indicator,
    test_evidence,
    test_figures,
    test_flag,
    test_history,
    test_scheduler,
    test_js,
    test_merge,
    test_message_list,
    test_override,
    test_page,
    test_receivables,
    test_redefined,
    test_refresh,
    test_replica,
    test_round_ui,
    test_time_and_money,
    test_ui,
    test_weekly,
    test_what_if,
    test_workspace,
)
from .feedback import (
    test_agreement,
    test_incident,
    test_pulse,
    test_pulse_few,
)
from .offboarding import (
    test_offboarding,
    test_archive_guard,
    test_offboarding_end,
    test_offboarding_process,
    test_offboarding_projects,
    test_offboarding_ui,
)
from .people import test_handover, test_people
from .recovery import (
    test_recovery,
    test_recovery_channel,
    test_recovery_life,
    test_recovery_review,
    test_recovery_self,
    test_recovery_target,
    test_recovery_ui,
)
from .extensions import (
    test_notes_moved,
    test_digest,
    test_shown,
    test_shown_search,
    test_team,
    test_where_people_work,
)
from .turns import test_catch_up, test_waiting, test_waiting_ui
from .rights import (
    test_rights,
    test_rights_matrix,
    test_rights_named,
    test_internal_thread,
    test_rights_network,
    test_refusals,
    test_custom_attacks,
    test_erasure,
    test_related_access,
)
from .stories import (
    test_answers,
    test_answers_silence,
    test_money as test_money_stories,
    test_money_cost,
    test_money_owed,
    test_clients,
    test_requests,
    test_work,
)
