"""Bad values: of the wrong type, out of any range, or made to break something."""

MARK = "hostilemark"
SCRIPT = f"<script>document.title='{MARK}'</script>"
IMAGE = f"<img src=x onerror=\"document.title='{MARK}'\">"
# What a browser would run if it stood in a page unescaped.
MARKUP = (
    SCRIPT,
    IMAGE,
    f'"><svg onload="document.title=\'{MARK}\'">',
    f"<a href=\"javascript:document.title='{MARK}'\">link</a>",
    "{{ 7 * 7 }} ${object.env} <t t-out='object.env.cr'/>",
)
TEXTS = (
    *MARKUP,
    "",
    " ",
    "x" * 100_000,
    "a\x00b",
    "\ud800",
    "\u202eabc\u200b\u2066",
    "%s %(x)s {} %",
    "'; DROP TABLE client_health; --",
    "\\x00 \\ud800 \n\r\t",
    "🙂" * 300,
    "../../etc/passwd",
    "__class__",
    "[('id', '=', 1)]",
    "[" * 5000,
)
NUMBERS = (
    0, -1, 1, 2**31 - 1, 2**31, -(2**31) - 1, 2**63, 10**30, 0.1, -0.0, 1e308, -1e308,
    1e-320, float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
DATES = (
    "0001-01-01", "9999-12-31", "1900-02-29", "2026-02-30", "2026-13-01", "10000-01-01",
    "-0001-01-01", "2026-01-01 25:00:00", "9999-12-31 23:59:59", "0001-01-01 00:00:00",
    "2026-01-01T00:00:00+14:00", "today", "now", "01/02/2026", "1800-05-05",
    "2500-05-05",
)  # fmt: skip
COMMANDS = (
    [[6, 0, [999_999_999]]],
    [[4, "x", 0]],
    [[0, 0, {}]],
    [[0, 0, {"nosuchfield": 1}]],
    [[1, 999_999_999, {"name": "x"}]],
    [[2, 1, 0]],
    [[3, 1, 0]],
    [[5, 0, 0]],
    [[99, 0, 0]],
    [[]],
    [1, 2, 3],
)
DOMAINS = (
    "[('id', '=', 1)",
    "[('nosuchfield', '=', 1)]",
    "[('id', 'nosuchop', 1)]",
    "[('create_uid.password', 'ilike', 'a')]",
    "['&']",
    "[1, 2]",
    "{}",
    "__import__('os').system('id')",
    "[('id', 'in', [" + "1," * 3000 + "])]",
    "['|'] * 10**9",
    "[('create_date', '>', '-999999999d')]",
    "[('id', '=', 1e999)]",
    "uid",
    "(" * 300 + ")" * 300,
)
NAMES = (
    "nosuchname", "id", "partner_id", "partner_id.name", "create_uid.password", ".",
    "..", "partner_id.", "write_date", "client.health", "res.users", "nosuch.model,1",
    "res.partner,x", "res.partner,999999999", "res.partner,",
)  # fmt: skip
IDS = (
    999_999_999, 0, -5, 2**31, 2**63, "1", "x", "__export__.x", [1], {"id": 1}, 1.5,
    True, None, [[1]], ["a"], "NewId_1", 2**70,
)  # fmt: skip
OTHERS = (
    None,
    True,
    False,
    [],
    {},
    [[]],
    {"a": {"b": [1]}},
    [None],
    [{"id": 1}],
    "null",
)
EVERYTHING = (*TEXTS, *NUMBERS, *DATES, *COMMANDS, *NAMES, *OTHERS, *DOMAINS[:5])

# The extremes that fit a type: what a form or an import file could hold.
OF_TYPE = {
    "char": (*TEXTS, *DOMAINS, *NAMES),
    "text": (*TEXTS, *DOMAINS),
    "html": (*MARKUP, *TEXTS, f"<p onclick='x()'>{SCRIPT}{IMAGE}</p>", "<p>" * 3000),
    "integer": NUMBERS[:10],
    "float": NUMBERS,
    "monetary": NUMBERS,
    "date": DATES,
    "datetime": DATES,
    "many2one": IDS,
    "many2one_reference": IDS,
    "one2many": COMMANDS,
    "many2many": COMMANDS,
    "reference": NAMES,
    "selection": (*NAMES, "", 1),
    "boolean": (True, False, 0, "false", "x"),
    "json": OTHERS,
    "binary": ("", "!!!", "QQ==", "Q" * 1001),
    "properties": OTHERS,
}


def bad(rng, kind):
    """A value for a field of a type: eight in ten fit it, the others do not."""
    fitting = OF_TYPE.get(kind, EVERYTHING)
    return rng.choice(fitting if rng.random() < 0.8 else EVERYTHING)
