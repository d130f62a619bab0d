from . import (
    test_agreement,
    test_alert,
    test_changes,
    test_config,
    test_custom_indicator,
    test_evidence,
    test_facts,
    test_flag,
    test_history,
    test_incident,
    test_indicator_edges,
    test_message_list,
    test_messages,
    test_money,
    test_no_look_ahead,
    test_override,
    test_people_facts,
    test_population,
    test_pulse,
    test_refresh,
    test_replica,
    test_rights,
    test_rights_matrix,
    test_rights_named,
    test_rights_network,
    test_ui,
    test_what_if,
)
from . import test_offboarding, test_offboarding_end, test_offboarding_ui
from . import test_recovery, test_recovery_review, test_recovery_ui
from . import test_recovery_channel, test_recovery_self, test_recovery_target
from . import test_digest, test_round_ui, test_shown, test_team, test_weekly
from . import test_shown_search, test_where_people_work
from . import test_board, test_board_ui
from . import test_js, test_page
from . import test_bad_input, test_merge, test_time_and_money
