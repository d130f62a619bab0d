import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";

/** The colours that levels have everywhere; the legend says them in words. */
const COLORS = {
    healthy: "#2e9e5b",
    watch: "#3d9bd6",
    at_risk: "#f0a020",
    critical: "#d9363e",
    unknown: "#adb5bd",
    red: "#d9363e",
    rising: "#2e9e5b",
    falling: "#d9363e",
    steady: "#adb5bd",
};

/** A graph in which each level keeps its own colour and place, the worst first. */
export class LevelGraphRenderer extends GraphRenderer {
    /** Label of a level → its colour, where the graph is split by one. */
    get colors() {
        const { groupBy, fields } = this.model.metaData;
        const last = groupBy.length > 1 && groupBy[groupBy.length - 1];
        const field = last && fields[last.fieldName];
        if (field?.type !== "selection") {
            return {};
        }
        const keys = field.selection.map(([key]) => key);
        // a flag at watch stands between nothing and red, as a client at risk does
        const own = keys.includes("red") ? { ...COLORS, watch: COLORS.at_risk } : COLORS;
        return Object.fromEntries(field.selection.map(([key, label]) => [label, own[key]]));
    }

    getBarChartData() {
        return this.paint(super.getBarChartData(), ["backgroundColor"]);
    }

    getLineChartData() {
        return this.paint(super.getLineChartData(), ["borderColor", "pointBackgroundColor"]);
    }

    paint(data, names) {
        const colors = this.colors;
        const labels = Object.keys(colors);
        for (const dataset of data.datasets) {
            const color = colors[dataset.label];
            if (color) {
                dataset.order = labels.indexOf(dataset.label);
            }
            for (const name of color ? names : []) {
                dataset[name] = color;
            }
        }
        return data;
    }
}

registry.category("views").add("client_health_graph", {
    ...graphView,
    Renderer: LevelGraphRenderer,
});
