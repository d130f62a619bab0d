import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** The worklist as cards. Odoo leaves cards by owner blank when there are none, for
 *  people who would add an owner; here it says that there is nothing to handle. */
export class FlagsKanbanRenderer extends KanbanRenderer {
    get showNoContentHelper() {
        const { isGrouped, groups } = this.props.list;
        return super.showNoContentHelper || (isGrouped && !groups.length);
    }
}

registry.category("views").add("client_health_flags_kanban", {
    ...kanbanView,
    Renderer: FlagsKanbanRenderer,
});
