/** From an old score to a new one, check by check: plain functions over
 * `what_changed()`. */

/** Checks that moved, or whose level or figure did, or whose points may not be seen. */
export function movedChecks(changes) {
    return changes.checks.filter(
        (check) =>
            check.change ||
            check.data ||
            check.settings ||
            (check.hidden && check.change === null) ||
            check.old.level !== check.new.level ||
            (check.change === null && check.old.text !== check.new.text)
    );
}

/**
 * The steps between the two scores: what lowered it first, then what raised it, and
 * last what may not be seen.
 *
 * At the very end stands what a red flag takes beyond the points of the checks.
 *
 * @returns {Object[]} the checks with `segments`: `[{ cause, from, to }]` in points
 *   of the score; the first begins at the old score, each where the last one ended
 */
export function waterfall(changes) {
    const turn = (check) => (check.change === null ? 2 : check.change < 0 ? 0 : 1);
    const moved = movedChecks(changes).sort(
        (a, b) => turn(a) - turn(b) || Math.abs(b.change) - Math.abs(a.change)
    );
    const { cap } = changes;
    if (cap && (cap.change || cap.settings || cap.data)) {
        moved.push({ ...cap, code: "cap", isCap: true, hidden: false });
    }
    let at = changes.from.score;
    return moved.map((check) => {
        const segments = [];
        for (const cause of ["settings", "data"]) {
            if (at !== null && check[cause]) {
                segments.push({ cause, from: at, to: at + check[cause] });
                at += check[cause];
            }
        }
        return { ...check, segments };
    });
}

/** The part of the score to draw, [low, high] in whole tens. */
export function range(changes, steps) {
    const ends = steps.flatMap((step) => step.segments.flatMap((s) => [s.from, s.to]));
    const all = [changes.from.score, changes.to.score, ...ends].filter((v) => v !== null);
    const highest = Math.max(...all);
    // never so little that a single point looks like a landslide
    const low = Math.max(0, Math.floor(Math.min(...all, highest - 20) / 10) * 10);
    const high = Math.ceil(Math.max(highest, low + 20) / 10) * 10;
    return [low, high];
}

/** Place and size of a segment in percent of the range. */
export function place(segment, [low, high]) {
    const scale = 100 / (high - low);
    const start = Math.min(segment.from, segment.to);
    return {
        start: (start - low) * scale,
        size: Math.abs(segment.to - segment.from) * scale,
    };
}
