import { patch } from "@web/core/utils/patch";
import { FormRenderer } from "@web/views/form/form_renderer";

/** Who comes from *Waiting* finds the message that asks marked in the conversation. */
patch(FormRenderer.prototype, {
    setup() {
        super.setup();
        this.highlightMessageId ||= this.props.record.context?.client_health_message;
    },
});
