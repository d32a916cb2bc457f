/** The frame of a page: a single HTML file that needs no network and runs no script. Light or dark as the reader's. */
import { escapeHtml } from './html.ts';

/** @param body HTML; the title, which is text, becomes its heading. */
export function drawPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --text: #1d2430; --dim: #5c6675; --back: #fff; --grid: #e3e7ee; --mark: #fdf1cf;
  --line-0: #2563c9; --line-1: #d0611b; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ef; --dim: #9aa4b5; --back: #14181f; --grid: #2c333f;
  --mark: #4a3d12; --line-0: #7fb0ff; --line-1: #ffa468; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 2rem auto;
  max-width: 75rem; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; }
figure { margin: 0; } figcaption { font-weight: 600; }
svg { width: 100%; max-width: 44rem; height: auto; overflow: visible; } svg text { font-size: 11px; fill: var(--dim); }
svg .on-lines { fill: var(--text); stroke: var(--back); stroke-width: 4px; paint-order: stroke; }
svg path, svg polyline { fill: none; } .grid { stroke: var(--grid); }
.reference { stroke: var(--dim); stroke-dasharray: 5 4; }
polyline { stroke-width: 1.5; stroke-linejoin: round; }
polyline.line-0 { stroke: var(--line-0); } polyline.line-1 { stroke: var(--line-1); }
circle.line-0 { fill: var(--line-0); } circle.line-1 { fill: var(--line-1); }
.key { font-weight: 400; font-size: .85rem; margin-left: .75rem; } .key.line-0 { color: var(--line-0); }
.key.line-1 { color: var(--line-1); } .key::before { content: "— "; }
table { border-collapse: collapse; } th, td { padding: .2rem .9rem .2rem 0; text-align: right; font-weight: 400;
  border-bottom: 1px solid var(--grid); font-variant-numeric: tabular-nums; } th:first-child { text-align: left; }
thead th { color: var(--dim); } .best { font-weight: 700; }
.scores tbody tr:last-child > * { padding-bottom: .7rem; } .scores tbody tr:not(:last-child) > * { border-bottom: 0; }
.note { color: var(--dim); font-size: .85rem; } .warning { background: var(--mark); padding: .5rem .75rem; }
`;
