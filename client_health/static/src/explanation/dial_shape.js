/** The dial: plain geometry. Angles in degrees, 0 upwards, clockwise. */

export const SPAN = 240; // of the circle

export function angle(score) {
    const inside = Math.min(100, Math.max(0, score));
    return (inside / 100 - 0.5) * SPAN;
}

export function point(degrees, radius, center = 100) {
    const radians = (degrees * Math.PI) / 180;
    return {
        x: round(center + radius * Math.sin(radians)),
        y: round(center - radius * Math.cos(radians)),
    };
}

/** An SVG path along the dial between two scores. */
export function arc(from, to, radius) {
    const [start, end] = [angle(from), angle(to)];
    const a = point(start, radius);
    const b = point(end, radius);
    const large = end - start > 180 ? 1 : 0;
    return `M ${a.x} ${a.y} A ${radius} ${radius} 0 ${large} 1 ${b.x} ${b.y}`;
}

/**
 * The part of the dial that each level takes.
 *
 * @param {Object[]} levels `[{ code, name, from }]`, from null for unknown
 * @returns {Object[]} `[{ code, name, from, to }]`, the lowest first
 */
export function levelRanges(levels) {
    const known = levels.filter((level) => level.from !== null);
    known.sort((a, b) => a.from - b.from);
    return known.map((level, index) => ({
        ...level,
        to: index + 1 < known.length ? known[index + 1].from : 100,
    }));
}

function round(number) {
    return Math.round(number * 100) / 100;
}
