/** How much of outputs and logs a page shows; of its own file, as the page tells them. */

export const mostImageBytes = 300 * 1024;
/** Of a text. */
export const mostLines = 40;
/** Of a table, below its heading. */
export const mostRows = 10;
/** Of an output that is a folder. */
export const mostFiles = 6;
/** The last ones of a stage's log. */
export const logLines = 40;
