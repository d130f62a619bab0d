"""Who may what, written down once: the table behind ``test_rights_matrix.py``.

There is nobody else than these: the public, portal users and colleagues without a
role see and call nothing of the module's; a manager of another company nothing of
this one. A *user* has the role User, a *manager* the role Manager.

``user``, ``manager``
    what they may do with the records they may see at all: (r)ead, (w)rite,
    (c)reate, (u)nlink. Which records those are say the rules: of a company at hand,
    of a client they may read, and of dialogs their own.
``shared``
    records of no company, for all of them.
``everywhere``
    changed by those managers only who work in all companies.
``… reads``, ``… writes``, ``… calls``
    fields and public methods, each in the line of those who may the least and still
    do it; a manager may all that a user may. What is in no line of writes is
    measured, or changes through buttons.

A new model, field or public method belongs in here, or is made private.
"""

from .rights_extended import EXTENDED
from .rights_feedback import FEEDBACK
from .rights_people import PEOPLE

__all__ = ["EXTENDED", "MODELS"]

MODELS = FEEDBACK | {
    "client.health": {
        "user": "r",
        "manager": "r",
        "user reads": """
            partner_id company_id score uncapped_score level level_rank level_rule
            level_check level_reason badge trend direction coverage flag_ids
            open_flag_ids flag_count red_flag_count snapshot_ids phase
            shown_phase
            computed_on as_of user_id team_id service_level override_level
            override_reason override_until override_user_id flag_summary
            flagged_check_ids
        """,
        "manager reads": "facts level_redefined",
        "nobody reads": """
            fingerprint encoded_facts judgement codec config_version turn_mark
            told_level grey_figures
        """,
        "user calls": """
            action_acknowledge_flags action_open_flags action_open_partner
            action_refresh action_report_incident action_show_records
            action_start_offboarding action_start_recovery explain
            relationship what_changed
        """,
        "manager calls": "action_end_override action_open_sheet",
    },
    "client.health.check": {
        "user": "r",
        "manager": "rwcu",
        "shared": True,
        "everywhere": True,
        "user reads": """
            name code sequence active question advice floor_level
            indicator_ids watch_count red_count
        """,
        "manager reads": """
            weight flag_total false_alarm_count false_alarm_rate
            weight_share
        """,
        "manager writes": """
            name code sequence active question advice weight floor_level
            indicator_ids
        """,
        "user calls": "action_open_indicators action_show_flags",
    },
    "client.health.config": {
        "user": "",
        "manager": "r",
        "shared": True,
        "manager reads": "version content superseded",
    },
    "client.health.evidence": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": "health_id indicator_id description limits line_ids result",
        "user writes": "health_id indicator_id line_ids result",
    },
    "client.health.evidence.line": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": "evidence_id name meaning period value model record_ids count",
        "user writes": "evidence_id name meaning period value model record_ids",
        "user calls": "action_open",
    },
    "client.health.flag": {
        "user": "rw",
        "manager": "rw",
        "user reads": """
            health_id partner_id company_id check_id level side
            has_records sentence why raised_on unmeasured_since cleared_on state
            acknowledged_on snooze_until snooze_reason user_id feedback rests
            feedback_note feedback_user_id next_steps steps_taken last_step
        """,
        "manager reads": "driver_id value points",
        "user writes": "user_id feedback feedback_note",
        "user calls": """
            action_acknowledge action_reopen action_show_records
            action_snooze action_start_recovery action_step snooze
        """,
    },
    "client.health.flag.snooze": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": "flag_ids until reason summary",
        "user writes": "flag_ids until reason",
        "user calls": "action_apply",
    },
    "client.health.indicator": {
        "user": "r",
        "manager": "rwcu",
        "shared": True,
        "everywhere": True,
        "user reads": """
            name code check_id sequence active side formula sample
            condition condition_reason unit window_days reported
            cost grey_rules grey_reasons watch_only settle_days
            description available money facts_help kind model_id
            model_name domain partner_path date_field aggregate
            value_field managers_only shown_to_users defined_by_id trial_now
            trial
        """,
        "manager reads": """
            min_sample good watch red explanation watch_count red_count
            measured_count counted_words
        """,
        "manager writes": """
            name code check_id sequence active side formula sample
            min_sample condition condition_reason unit window_days good
            grey_rules grey_reasons watch_only settle_days
            watch red reported description kind model_id model_name domain
            partner_path date_field aggregate value_field managers_only
            shown_to_users
        """,
        "manager calls": "action_show_clients",
    },
    "client.health.figure": {
        "user": "",
        "manager": "r",
        "manager reads": """
            health_id partner_id company_id currency_id user_id team_id tag_ids
            level level_rank revenue earned time_cost other_cost cost result
            hours rate margin measured_hours measured_money measured_earned
            measured_result phase revenue_share required_rate
            below_required rate_left_out margin_left_out left_out overdue
            overdue_days days_late measured_paid late_amount client_on_time
            our_on_time client_turns client_turns_on_time our_turns
            our_turns_on_time
        """,
        "manager calls": """
            action_by_month action_open_figure action_open_health action_open_sheet
        """,
    },
    "client.health.figure.month": {
        "user": "",
        "manager": "r",
        "manager reads": """
            health_id partner_id company_id currency_id user_id team_id tag_ids
            level level_rank revenue earned time_cost other_cost cost result
            hours rate margin measured_hours measured_money measured_earned
            measured_result date
        """,
        "manager calls": "action_open_figure action_open_health",
    },
    "client.health.month": {
        "user": "r",
        "manager": "r",
        "user reads": """
            health_id partner_id company_id user_id team_id date score uncapped_score
            level level_rank coverage
        """,
        "user calls": "action_open_health",
    },
    "client.health.override": {
        "user": "",
        "manager": "rwcu",
        "manager reads": "health_id level reason until",
        "manager writes": "health_id level reason until",
        "manager calls": "action_apply",
    },
    "client.health.codec": {
        "user": "",
        "manager": "r",
        "shared": True,
        "manager reads": "version scalars lists",
    },
    "client.health.run": {
        "user": "",
        "manager": "r",
        "manager reads": """
            company_id as_of date_start date_end kind state total seen
            changed failed seconds error cursor progress
        """,
        "nobody reads": "seen_until",
        "manager calls": "action_fill_history action_skip_setup get_progress",
    },
    "client.health.setup": {
        "user": "",
        "manager": "rwcu",
        "manager reads": """
            company_id currency_id found client_count required_rate
            client_hours our_hours contact_days
        """,
        "manager writes": """
            company_id required_rate client_hours our_hours contact_days
        """,
        "manager calls": "action_start",
    },
    "client.health.snapshot": {
        "user": "r",
        "manager": "r",
        "user reads": """
            health_id partner_id company_id date score uncapped_score level
            level_check coverage
        """,
        "manager reads": "facts points",
        "nobody reads": "encoded_facts codec config_version",
    },
    "client.health.weekly": {
        "user": "",
        "manager": "",
        "system reads": "user_id week",
    },
    "client.health.what.if": {
        "user": "",
        "manager": "rwcu",
        "manager reads": """
            company_id healthy watch at_risk min_coverage loaded
            check_line_ids indicator_line_ids compared summary
            level_line_ids flag_line_ids client_line_ids
        """,
        "manager writes": """
            company_id healthy watch at_risk min_coverage loaded
            check_line_ids indicator_line_ids compared summary
            level_line_ids flag_line_ids client_line_ids
        """,
        "manager calls": "action_apply action_compare action_open action_reset",
    },
    "client.health.what.if.check": {
        "user": "",
        "manager": "rwcu",
        "manager reads": "wizard_id loaded check_id weight floor_level",
        "manager writes": "wizard_id loaded check_id weight floor_level",
    },
    "client.health.what.if.client": {
        "user": "",
        "manager": "rwcu",
        "manager reads": """
            wizard_id health_id level_before level score_before score
            uncapped capped_by
        """,
        "manager writes": """
            wizard_id health_id level_before level score_before score
            uncapped capped_by
        """,
        "manager calls": "action_open",
    },
    "client.health.what.if.flag": {
        "user": "",
        "manager": "rwcu",
        "manager reads": "wizard_id check_id raised cleared",
        "manager writes": "wizard_id check_id raised cleared",
    },
    "client.health.what.if.indicator": {
        "user": "",
        "manager": "rwcu",
        "manager reads": """
            wizard_id loaded indicator_id name check_id unit available
            good watch red in_use changed
        """,
        "manager writes": "wizard_id loaded indicator_id good watch red in_use",
    },
    "client.health.what.if.level": {
        "user": "",
        "manager": "rwcu",
        "manager reads": "wizard_id level before after",
        "manager writes": "wizard_id level before after",
    },
    # nobody's to read: client.turn tells what of it is for whom
    "client.message": {
        "user": "",
        "manager": "",
        "shared": True,
        "nobody reads": """
            message_id verdict sentence automatic to_many body_hash read_on word
            word_user_id word_on
        """,
    },
    "client.message.bookmark": {
        "user": "",
        "manager": "",
        "shared": True,
        "nobody reads": "low high high_transaction oldest total done finished_on",
    },
    "client.turn": {
        "user": "r",
        "manager": "r",
        "user reads": """
            health_id partner_id company_id waits_for state surely due asked_on
            due_on agreed answered_on perhaps user_id is_mine team_id res_model asks
            contact_name record record_name is_hidden beyond_hours lateness
        """,
        "nobody reads": """
            looked_on message_id elsewhere_id res_id sentence contact_id
        """,
        "user calls": """
            action_answered action_needed action_not_needed action_open
            action_open_elsewhere action_remind action_take_back get_counts
        """,
    },
    "client.offboarding": {
        "user": "rwc",
        "manager": "rwcu",
        "user reads": """
            partner_id company_id user_id state step_ids waiver_ids
            date_start date_end all_finished origin agreement_id
            notice_days agreement_end earliest_end is_too_early
            is_half_way clause legal_user_id legal_on project_ids
            deliverable_ids reason reason_text topics speaker_id
            contact_id talk_on rehearsed_user_id rehearsed_on
            reviewed_user_id reviewed_on event_id told_on told_how
            reaction promise_ids files_handed_over access_handed_over
            final_invoice portal_until close_activities cancel_meetings
            end_subscriptions return_conditions outcome outcome_words
            ended_on ended_user_id cancelled_on reactivated_on
            reactivated_user_id duration kept_count dropped_count
            currency_id recovery_ids may_review may_change letter_lang plan_given_on
            best_moment best_moment_known at_once refuse_user_ids refuse_since
            plan_given_how plan_given_user_id other_roles afterwards
        """,
        "nobody reads": "phase_before",
        "manager reads": """
            archived revenue revenue_share margin margin_share receivable
            hours people_count project_count
        """,
        "user writes": """
            user_id step_ids waiver_ids date_start date_end origin clause
            project_ids deliverable_ids reason reason_text topics
            speaker_id contact_id talk_on event_id told_on told_how
            reaction promise_ids files_handed_over access_handed_over
            final_invoice portal_until close_activities cancel_meetings
            end_subscriptions return_conditions recovery_ids afterwards
            at_once refuse_user_ids refuse_since
        """,
        "user calls": """
            action_ask_rehearsal action_ask_review action_check_contract
            action_end_with_agreement action_finish_step action_hand_plan
            action_send_plan
            action_make_appointment action_open_appointment
            action_open_partner action_open_recovery action_open_source
            action_print_exit_plan action_rehearse action_reopen_step
            action_ask action_review action_settle action_sync_projects
            action_do_first action_finish_now
            action_write_mail guide
        """,
        "manager calls": """
            action_cancel action_done action_measure action_open_sheet action_pass
            action_reactivate
        """,
    },
    "client.offboarding.deliverable": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            offboarding_id partner_id company_id kind project_line_id
            may_open name decision becomes promised handed_to note is_open
            user_id date_due done_on client_name in_plan may_deliver activity_id
        """,
        "nobody reads": "own_name task_id",
        "user writes": """
            name decision becomes handed_to note user_id date_due done_on
            client_name in_plan
        """,
        "user calls": "action_deliver action_open_task",
    },
    "client.offboarding.close": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": "project_line_id deliverable_ids text",
        "user writes": "project_line_id deliverable_ids",
        "user calls": "action_apply",
    },
    "client.offboarding.finish": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": "offboarding_id step text",
        "user writes": "offboarding_id step",
        "user calls": "action_apply",
    },
    "client.offboarding.pass": {
        "user": "",
        "manager": "rwcu",
        "manager reads": "offboarding_id key text reason",
        "manager writes": "offboarding_id key reason",
        "manager calls": "action_apply",
    },
    "client.offboarding.remainder": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": "offboarding_id order_ids text reason",
        "user writes": "offboarding_id order_ids reason",
        "user calls": "action_apply",
    },
    "client.offboarding.project": {
        "user": "rw",
        "manager": "rw",
        "user reads": """
            offboarding_id partner_id company_id may_open name
            deliverable_ids closed_on closed_user_id removed_on state
            open_task_count undecided_count promised_count goes_on client_name
            may_close
        """,
        "nobody reads": "own_name project_id",
        "user writes": "client_name",
        "user calls": """
            action_ask_close action_close action_drop_rest action_finish_rest
            action_open_project action_remove
        """,
    },
    "client.offboarding.start": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            partner_ids user_id date_end end_note reason origin open_note
            at_once
        """,
        "user writes": "partner_ids user_id date_end reason origin at_once",
        "user calls": "action_start",
    },
    "client.offboarding.step": {
        "user": "rw",
        "manager": "rw",
        "user reads": """
            sequence user_id date done_on done_user_id activity_id
            offboarding_id partner_id company_id code reopened_reason
        """,
        "user writes": "user_id date",
    },
    "client.offboarding.waiver": {
        "user": "r",
        "manager": "r",
        "user reads": """
            offboarding_id partner_id company_id step key text what reason
            user_id date
        """,
    },
    "client.recovery": {
        "user": "rwc",
        "manager": "rwcu",
        "user reads": """
            partner_id company_id user_id state step_ids waiver_ids date_start
            review_date is_due reason flag_id entry_on entry_score
            entry_level health_level health_badge first_review_date
            is_extended extension_reason result_note check_ids
            score_change better_count worse_count ended_on ended_user_id
            offboarding_id duration figure_ids answer_ids self_result
            self_note figure_summary channel_ids new_agreement_id
            new_agreement_state new_agreement_previous_id new_channel
            new_date_start new_date_end new_client_hours new_our_hours
            new_contact_days new_boundaries new_currency_id target_ids
            document_note agreement_answer answered_on answered_by_id
            answer_user_id checkin_id checkin_count may_decide
            may_change topics talk_asks speaker_id contact_id talk_on rehearsed_user_id
            rehearsed_on reviewed_user_id reviewed_on may_review best_moment
            best_moment_known talk_ids talk_count last_talk_on missed_words
        """,
        "manager reads": """
            entry outcome new_required_rate team_load team_open_words
            team_overtime_words team_is_known
        """,
        "user writes": """
            user_id step_ids waiver_ids review_date reason result_note check_ids
            figure_ids answer_ids self_result self_note channel_ids
            target_ids document_note answered_on answered_by_id
            topics talk_asks speaker_id contact_id talk_on talk_ids
        """,
        "user calls": """
            action_ask_agreement action_ask_decision action_ask_rehearsal
            action_ask_review action_cancel action_extend action_make_appointment
            action_print_talk action_propose_topics action_record_talk
            action_rehearse action_review
            action_finish_step
            action_offboard action_step_back action_open_agreement action_open_checkins
            action_open_offboarding action_open_partner
            action_plan_checkins action_print_agreement action_recovered
            action_ask action_do_first action_reopen_step guide review
        """,
        "manager calls": """
            action_agreement_accepted action_agreement_refused
            action_new_agreement action_open_sheet
        """,
    },
    "client.recovery.answer": {
        "user": "rw",
        "manager": "rw",
        "user reads": "recovery_id partner_id company_id sequence code text",
        "user writes": "text",
    },
    "client.recovery.channel": {
        "user": "rw",
        "manager": "rw",
        "user reads": """
            recovery_id partner_id company_id sequence model record_ids
            record_count code count turns has_hours hours has_on_time
            on_time hours_text on_time_text went note status
        """,
        "user writes": "went note",
        "user calls": "action_show_records",
        "manager calls": "action_choose",
    },
    "client.recovery.check": {
        "user": "r",
        "manager": "r",
        "user reads": """
            recovery_id partner_id company_id result ended_on check_id
            before after moved
        """,
        "manager reads": "change",
    },
    "client.recovery.checkin": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            recovery_id client_id every start duration until partner_ids
        """,
        "user writes": "recovery_id every start duration until partner_ids",
        "user calls": "action_make",
    },
    "client.recovery.decide": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": "recovery_id decision step missing review_date note",
        "user writes": "recovery_id decision step review_date note",
        "user calls": "action_apply",
    },
    "client.recovery.figure": {
        "user": "r",
        "manager": "r",
        "user reads": """
            recovery_id partner_id company_id sequence model record_ids
            record_count code unit measured value sample others_value
            others_count date_from date_to money name meaning source
            value_text others_text verdict
        """,
        "user calls": "action_show_records",
    },
    "client.recovery.start": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            partner_ids flag_ids skipped_ids user_id review_date reason open_note
            refused_note
        """,
        "user writes": "partner_ids flag_ids skipped_ids user_id review_date reason",
        "user calls": "action_start",
    },
    "client.recovery.step": {
        "user": "rw",
        "manager": "rw",
        "user reads": """
            sequence user_id date done_on done_user_id activity_id
            recovery_id partner_id company_id code reopened_reason
        """,
        "user writes": "user_id date",
        "user calls": "action_reopen",
    },
    "client.recovery.waiver": {
        "user": "r",
        "manager": "r",
        "user reads": """
            recovery_id partner_id company_id step key text what reason
            user_id date
        """,
    },
    "client.recovery.target": {
        "user": "rwcu",
        "manager": "rwcu",
        "user reads": """
            recovery_id partner_id company_id sequence indicator_id unit
            unit_text value shown_value direction by_when has_start
            value_start start_text now_text target_text is_met money
            client_text is_internal
        """,
        "user writes": """
            sequence indicator_id value shown_value by_when client_text
        """,
    },
}
MODELS |= PEOPLE
