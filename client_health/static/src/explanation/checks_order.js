/** Bars and their order: plain functions over the checks of `explain()`. */

const RANK = { red: 0, watch: 1, ok: 2, grey: 3 };
/** What a level stands for where the penalty itself may not be seen. */
const TYPICAL = { red: 1, watch: 0.5, ok: 0, grey: 0 };

export function isMeasured(check) {
    return check.level !== "grey";
}

/** True for a check that is fine, or not measured, on both sides: nothing to look at. */
export function isSilent(check) {
    return ["ok", "grey"].includes(check.level) && !["watch", "red"].includes(check.ours);
}

/** Share of its weight that a check has lost, 0–1; what its level stands for where
 * the share may not be seen. */
export function lostShare(check) {
    if (!isMeasured(check)) {
        return 0;
    }
    return Math.min(1, Math.max(0, check.penalty ?? TYPICAL[check.level]));
}

/** What a check costs: points, or what its level stands for. All of them are there,
 * or none. */
function costs(check) {
    return check.points ?? TYPICAL[check.level];
}

/** 1 for a check that is fine only because nobody reported anything. */
function silence({ level, evidence }) {
    return level === "ok" && evidence === false ? 1 : 0;
}

/** The checks that cost most first, those of which nothing was reported after those
 * that are fine; what could not be measured last. */
export function sortChecks(checks) {
    return [...checks].sort(
        (a, b) =>
            isMeasured(b) - isMeasured(a) ||
            costs(b) - costs(a) ||
            RANK[a.level] - RANK[b.level] ||
            silence(a) - silence(b) ||
            (b.penalty || 0) - (a.penalty || 0)
    );
}

/**
 * The bar of each check, in percent of the room there is: as long as what the check
 * can cost at most, filled as far as it does. Bars of different checks compare; where
 * weights may not be seen all are as long.
 *
 * @returns {Object} check code → { track, fill }
 */
export function bars(checks) {
    const heaviest = Math.max(...checks.map((check) => check.weight), 0) || 1;
    return Object.fromEntries(
        checks.map((check) => {
            // a check without weight still shows that it is there
            const track = Math.max(12, (100 * (check.weight ?? heaviest)) / heaviest);
            return [check.code, { track, fill: track * lostShare(check) }];
        })
    );
}

/** The indicator that decides a check; else the first one. */
export function speaker(check) {
    const { indicators, driver } = check;
    return indicators.find((item) => item.code === driver) || indicators[0] || null;
}
