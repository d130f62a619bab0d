import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { RunProgress } from "./run_progress";

/** The clients, with the set-up and the work in the background above them. */
export class ClientsKanbanController extends KanbanController {
    static template = "client_health.ClientsKanban";
    static components = { ...KanbanController.components, RunProgress };

    /** What the colours of the bars above the columns mean. */
    get barKey() {
        const { fieldName, colors } = this.props.archInfo.progressAttributes;
        const { isGrouped, count } = this.model.root;
        const known = isGrouped && count && !this.model.useSampleModel;
        const { selection } = this.props.fields[fieldName];
        return known ? selection.map(([key, name]) => ({ name, color: colors[key] })) : [];
    }
}

registry.category("views").add("client_health_kanban", {
    ...kanbanView,
    Controller: ClientsKanbanController,
});
