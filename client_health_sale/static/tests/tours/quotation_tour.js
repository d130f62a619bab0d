import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("client_health_quotation", {
    steps: () => [
        {
            content: "above the quotation, in words",
            trigger: ".o_client_health_quotation:contains('Critical')",
        },
        {
            trigger: ".o_client_health_quotation button",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_client_health_explanation",
        },
    ],
});
