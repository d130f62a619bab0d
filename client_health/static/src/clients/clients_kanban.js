import { registry } from "@web/core/registry";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { RunProgress } from "./run_progress";

/** The clients, with the set-up and the work in the background above them. */
export class ClientsKanbanController extends KanbanController {
    static template = "client_health.ClientsKanban";
    static components = { ...KanbanController.components, RunProgress };
}

registry.category("views").add("client_health_kanban", {
    ...kanbanView,
    Controller: ClientsKanbanController,
});
