"""The rules that check_house.py holds the module to: what is where, and the exceptions
that stay, each with its reason."""

# model that may stand in two files → why
TWO_FILES = {
    "res.partner": "what is shown of clients; erasing a person",
    "client.health": "fields and what scores it; what people do with it on screens",
    "client.health.flag": "its life; its next steps",
    "client.offboarding": "fields and steps; its life, button by button",
    "client.recovery": "fields and steps; its life, button by button",
    "client.incident": "reporting; judging",
    "client.pulse": "giving one; asking for one",
    "client.health.run": "over all clients; over what changed by day",
    "client.turn": "what waits; what people do with it",
    "client.agreement": "what was agreed; drafts, renewals and warnings",
    "client.health.indicator": "formulas over facts; custom ones over any model",
    "client.health.facts.custom": "measuring; checking a definition",
}

# Package → what is above it has a larger number. Those with the same number do not
# know each other. Not in here: __init__.py, which load what is in their folder.
LAYERS = {
    "scoring": 0,
    "facts": 1,
    "engine": 2,
    "models/mixins": 3,
    "models/health": 4,
    "models/process": 5,
    "models/feedback": 6,
    "models/turns": 6,
    "models/people": 7,
    "models/offboarding": 7,
    "models/recovery": 7,
    "models/extensions": 8,
    "wizard": 9,
    "report": 9,
    "demo": 0,  # makes records with what Odoo has
}

# ending → lines; tests.py for Python below a folder tests
LONGEST = {"tests.py": 600, ".py": 400, ".js": 500, ".xml": 500}

# (file, method) → why there is no other way
OVERRIDES = {
    ("client_health/models/mixins/related_access.py", "_traverse_related_sql"): (
        "Odoo does not check groups of unstored related fields when it sorts, groups or"
        " sums by them"
    ),
    (
        "client_health/models/health/health_screen.py",
        "search_panel_select_multi_range",
    ): "Odoo does not count by a many2many that is not stored",
    ("client_health/report/client_health_figures.py", "_read_group_select"): (
        "Odoo has no aggregate for a rate: the sum of money over the sum of hours; its"
        " own reports do the same"
    ),
    # Records about a client are for those who may read the client. A record rule
    # cannot say so, as rules are applied as the superuser.
    (
        "client_health/models/mixins/access_partner.py",
        "_search",
    ): "who may read the client",
    ("client_health/models/mixins/access_partner.py", "_check_access"): (
        "who may read the client"
    ),
    ("client_health/models/mixins/setting.py", "_check_access"): (
        "a record rule cannot say why it refuses, and settings of all companies need"
        " somebody who works in all"
    ),
    ("client_health/models/mixins/access.py", "onchange"): (
        "names and related fields follow an id that was guessed as the superuser"
    ),
    ("client_health/models/extensions/ir_attachment.py", "_search"): (
        "Odoo follows the fields of a filter on files as the superuser, so that any"
        " colleague reads any figure by halving"
    ),
    ("client_health/facts/custom_check.py", "_check_access"): (
        "what a custom indicator counts is read as the one who saved it may read it"
    ),
}
# Methods of BaseModel that are there to be overridden.
MEANT = set(
    "create write unlink copy copy_data default_get name_create init get_base_url"
    " action_archive action_unarchive _compute_display_name _search_display_name"
    " _register_hook _unregister_hook _valid_field_parameter _check_company_domain"
    " _get_placeholder_filename _get_redirect_suggested_company".split()
)
# The others of models.BaseModel, in Odoo 19 and its module web.
INTERNALS = set(
    """
    _add_groupby_values _add_missing_default_values _add_precomputed_values
    _add_sql_constraints _additional_allowed_keys_properties_definition
    _apply_onchange_methods _as_query _auto_init _can_return_content _check_access
    _check_company _check_field_access _check_m2m_recursion _check_parent_path
    _check_qorder _check_recursion _check_removed_columns _clean_properties
    _compute_field_value _convert_records _convert_to_cache_properties_definition
    _convert_to_column_properties_definition _convert_to_record _convert_to_write
    _create _determine_fields_to_fetch _export_rows _extract_records _fetch_field
    _fetch_query _field_to_sql _filter_access_rules _filter_access_rules_python
    _filtered_access _flush _format_web_search_read_results
    _formatted_read_group_with_length _get_base_lang _get_external_ids
    _get_read_group_order _has_cycle _has_field_access _has_onchange _init_column
    _invalidate_cache _is_an_ordinary_table _load_records _load_records_create
    _load_records_write _modified _modified_triggers _open_groups
    _order_field_to_sql _order_to_sql _parent_store_compute _parent_store_create
    _parent_store_update _parent_store_update_prepare _post_model_setup__
    _prepare_create_values _read_format _read_group _read_group_empty_value
    _read_group_expand_full _read_group_fill_results _read_group_fill_temporal
    _read_group_format_result _read_group_format_result_properties
    _read_group_groupby _read_group_groupby_properties _read_group_having
    _read_group_orderby _read_group_postprocess_aggregate
    _read_group_postprocess_groupby _read_group_select _read_grouping_sets
    _rec_name_fallback _recompute_field _recompute_model _recompute_recordset
    _search _search_panel_domain_image _search_panel_field_image
    _search_panel_global_counters _search_panel_sanitized_parent_hierarchy
    _search_panel_selection_range _sorted_order_to_function _sql_error_to_message
    _sql_error_to_message_generic _table_has_rows _traverse_related_sql
    _update_cache _update_field_translations _validate_fields
    _validate_properties_definition _web_read_group_expand
    _web_read_group_field_expand _web_read_group_fill_temporal
    _web_read_group_format _web_read_group_groupby_formatter
    _web_read_group_groupby_properties_formatter _write _write_multi browse
    check_access check_access_rights check_access_rule check_field_access_rights
    concat copy_translations ensure_one exists export_data fetch fields_get filtered
    filtered_domain flush_model flush_recordset formatted_read_group
    formatted_read_grouping_sets get_external_id get_field_translations get_metadata
    get_property_definition grouped has_access invalidate_model invalidate_recordset
    is_transient load lock_for_update mapped modified name_search new onchange read
    read_group read_progress_bar search search_count search_fetch
    search_panel_select_multi_range search_panel_select_range search_read sorted
    sudo toggle_active try_lock_for_update union update update_field_translations
    web_name_search web_override_translations web_read web_read_group web_resequence
    web_save web_save_multi web_search_read with_company with_context with_env
    with_prefetch with_user
    """.split()
)
