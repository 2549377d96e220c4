/**
 * What the external ids of a source's documents begin with; none without a source. No path below a folder holds two slashes in a
 * row, so a folder without a source has no document of a source, whatever its folders are called.
 */
export const sourcePrefix = (source: string | undefined) => (source === undefined ? "" : `${source}//`);
