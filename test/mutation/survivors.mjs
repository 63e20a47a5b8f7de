/**
 * Mutants that are known to survive, and why. A mutant belongs to the first entry whose `file` its path ends with and
 * whose `code` stands on its line; the page lists them by entry.
 */
export const KNOWN_SURVIVORS = [];
