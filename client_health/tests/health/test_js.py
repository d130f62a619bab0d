from odoo.tests import tagged

from ..common import ScreenCase


@tagged("post_install", "-at_install", "client_health_bare")
class TestJavaScript(ScreenCase):
    """The unit tests of the screens' own code, in a browser."""

    def setUp(self):
        super().setUp()
        # thousands of tests of other modules would be loaded only to be passed over
        bundle = "web.assets_unit_tests"
        paths = self.env["ir.asset"]._get_asset_paths(bundle, {})
        tests = [path for path, *_rest in paths if path.endswith(".test.js")]
        others = {path.strip("/").split("/")[0] for path in tests} - {"client_health"}
        self.assertGreater(len(tests), len(others))
        for module in sorted(others):
            self.leave_out(bundle, f"{module}/static/tests/**/*.test.js")

    def test_the_javascript_unit_tests_pass(self):
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            # a failed test does not stop the others
            error_checker=lambda message: "[HOOT]" not in message,
        )
