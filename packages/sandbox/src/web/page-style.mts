/** Look of the doubles' pages: follows the browser's light or dark setting, needs no file from anywhere. */
export const pageStyle = `
:root {
	color-scheme: light dark;
	--ground: light-dark(#f4f3f6, #15141a);
	--card: light-dark(#ffffff, #1f1d26);
	--line: light-dark(#e4e1ea, #34313f);
	--text: light-dark(#23202b, #eceaf2);
	--quiet: light-dark(#5c5769, #b3adc2);
	--tint: color-mix(in srgb, var(--accent) 12%, transparent);
	--good: light-dark(#14804a, #4fd08d);
	--busy: light-dark(#a15c00, #f0b057);
	--bad: light-dark(#b3261e, #ff8a80);
}
* { box-sizing: border-box; }
body {
	margin: 0; background: var(--ground); color: var(--text);
	font: 14px/1.45 system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
header {
	display: flex; flex-wrap: wrap; gap: 10px 18px; align-items: center;
	padding: 14px 24px; background: var(--accent); color: #fff;
}
header h1 { font-size: 19px; margin: 0; font-weight: 650; letter-spacing: -0.01em; }
header .live { margin-left: auto; display: flex; align-items: center; gap: 7px; font-variant-numeric: tabular-nums; }
header .live i { width: 9px; height: 9px; border-radius: 50%; background: #6ee7a8; }
header .live.off i { background: #ff9d94; }
main { max-width: 1440px; margin: 0 auto; padding: 18px 24px 48px; display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr) 380px; align-items: start; }
main > .wide { grid-column: 1 / -1; }
@media (max-width: 1080px) { main { grid-template-columns: minmax(0, 1fr); } }
.column { display: grid; gap: 16px; min-width: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 12px; }
.tile, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 10px 14px; }
.tile b { display: block; font-size: 24px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--quiet); }
section { overflow: hidden; }
section h2 { display: flex; flex-wrap: wrap; align-items: baseline; gap: 8px; margin: 0; padding: 12px 16px; font-size: 14px; font-weight: 650; }
section h2 small { color: var(--quiet); font-weight: 400; }
section h2 form { margin-left: auto; display: flex; gap: 6px; font-weight: 400; }
.scroll { overflow: auto; max-height: 560px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th { position: sticky; top: 0; background: var(--card); text-align: left; font-weight: 500; font-size: 12px; color: var(--quiet); padding: 6px 10px; border-bottom: 1px solid var(--line); white-space: nowrap; }
td { padding: 7px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
th:first-child, td:first-child { padding-left: 16px; }
tr.outside td { background: var(--tint); }
tr.outside td:first-child { box-shadow: inset 3px 0 var(--accent); }
tr.fresh td { animation: fresh 2.4s ease-out; }
@keyframes fresh { from { background: color-mix(in srgb, var(--accent) 45%, transparent); } }
@media (prefers-reduced-motion: reduce) { tr.fresh td { animation: none; } }
.number { text-align: right; }
.quiet { color: var(--quiet); }
.code, .chip { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 12px; }
.code { overflow-wrap: anywhere; }
.name { white-space: nowrap; }
.chip { display: inline-block; margin: 1px 4px 1px 0; padding: 0 6px; border: 1px solid var(--line); border-radius: 5px; background: var(--ground); max-width: 100%; overflow-wrap: anywhere; }
.state { display: inline-block; padding: 1px 8px; border-radius: 99px; font-size: 12px; border: 1px solid currentColor; white-space: nowrap; color: var(--quiet); }
.state.good { color: var(--good); } .state.busy { color: var(--busy); } .state.bad { color: var(--bad); }
.bar { width: 70px; height: 5px; border-radius: 3px; background: var(--line); overflow: hidden; margin-top: 4px; margin-left: auto; }
.bar i { display: block; height: 100%; background: var(--good); }
.empty { padding: 4px 16px 16px; color: var(--quiet); }
button, input, select { font: inherit; font-weight: 400; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 3px 9px; }
button { cursor: pointer; } button:hover { border-color: var(--accent); }
header button { background: transparent; border-color: rgb(255 255 255 / 45%); } header button:hover { border-color: #fff; }
input { width: 62px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.hint { padding: 0 16px 12px; margin: -6px 0 0; color: var(--quiet); font-size: 12px; }
@media (max-width: 640px) {
	header { padding: 12px 16px; }
	main { padding: 12px 12px 32px; }
	section h2 form { flex-wrap: wrap; width: 100%; margin-left: 0; }
	section h2 select { flex: 1 1 100%; }
	section h2 input { flex: 1; }
	.scroll { max-height: 70vh; }
	thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
	table, tbody, tr, td { display: block; }
	tr { padding: 8px 16px; border-bottom: 1px solid var(--line); }
	tr:last-child { border-bottom: 0; }
	tr.outside { background: var(--tint); box-shadow: inset 3px 0 var(--accent); }
	tr.outside td, tr.outside td:first-child { background: none; box-shadow: none; }
	tr td, tr td:first-child, tr td.number { position: relative; min-height: 26px; padding: 3px 0 3px 112px; border: 0; text-align: left; }
	td:empty { display: none; }
	td::before { content: attr(data-head); position: absolute; left: 0; width: 104px; color: var(--quiet); font: 12px/1.6 system-ui, sans-serif; }
	.bar { margin-left: 0; }
	.name { white-space: normal; }
}
`;
