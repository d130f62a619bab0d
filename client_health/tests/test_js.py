from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestJavaScript(HttpCase):
    """The unit tests of the screens' own code, in a browser."""

    def setUp(self):
        super().setUp()
        # left out of some distributions of Odoo; its absence fails every page
        self.leave_out(
            "web.assets_backend",
            "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
        )
        # thousands of tests of other modules would be loaded only to be passed over
        bundle = "web.assets_unit_tests"
        paths = self.env["ir.asset"]._get_asset_paths(bundle, {})
        tests = [path for path, *_rest in paths if path.endswith(".test.js")]
        others = {path.strip("/").split("/")[0] for path in tests} - {"client_health"}
        self.assertGreater(len(tests), len(others))
        for module in sorted(others):
            self.leave_out(bundle, f"{module}/static/tests/**/*.test.js")

    def leave_out(self, bundle, path):
        self.env["ir.asset"].create(
            {
                "name": f"without {path}",
                "bundle": bundle,
                "directive": "remove",
                "path": path,
            }
        )

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
