/** The look of all pages; the colours stand once, for light and for dark, and the charts take theirs from here. */
export const STYLES = `:root {
  color-scheme: light;
  --page: #f4f2f9; --card: #ffffff; --text: #25213a; --muted: #5f5a75; --line: #dcd6ec; --accent: #4b3a7c; --tint: #efebf9;
  --good: #1f6b40; --good-tint: #e3f4ea; --warn: #7a4b00; --warn-tint: #fdf1d8; --bad: #a3201a; --bad-tint: #fdecea;
  --s1: #4b3a7c; --s2: #2b8a8f; --s3: #d08319; --s4: #8f79d6; --s5: #3d9a5f; --s6: #c2477f; --s7: #7c7890; --s8: #3f6fc4;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --page: #17141f; --card: #221e2e; --text: #ece9f5; --muted: #b0aac4; --line: #40394f; --accent: #c3b3ff; --tint: #322b45;
    --good: #8fdbb0; --good-tint: #1f3a2b; --warn: #f3c77a; --warn-tint: #43351a; --bad: #ffb0a8; --bad-tint: #46201e;
    --s1: #c3b3ff; --s2: #5cc4c9; --s3: #f0ae55; --s4: #8f79d6; --s5: #74c893; --s6: #ef86b3; --s7: #9a95ae; --s8: #86aef5;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 12px; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 2px; }
:focus-visible { outline: 3px solid var(--s4); outline-offset: 2px; border-radius: 3px; }
h1, h2, h3, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h1 { font-size: 24px; line-height: 1.25; }
h2 { font-size: 19px; line-height: 1.3; }
h3 { margin: 22px 0 8px; font-size: 15px; line-height: 1.4; }
small { color: var(--muted); font-size: 12px; }
abbr { text-decoration: none; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; top: 8px; padding: 8px 14px; background: var(--card); }
.skip:focus { left: 8px; z-index: 1; }
.nothing { color: var(--muted); }

header, main, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 18px; }
.top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 20px; }
.brand { font-weight: 700; text-decoration: none; letter-spacing: .01em; }
.search { display: flex; gap: 6px; min-width: 0; }
.search input { width: 210px; min-width: 0; padding: 6px 10px; border: 1px solid var(--muted); border-radius: 7px; background: var(--card); color: var(--text); font: inherit; font-size: 14px; }
button, .button { display: inline-block; padding: 6px 14px; border: 1px solid var(--accent); border-radius: 7px; background: transparent; color: var(--accent); font: inherit; font-size: 14px; font-weight: 600; text-decoration: none; cursor: pointer; }
button.first { background: var(--accent); color: var(--card); }
.chooser { display: flex; flex-wrap: wrap; gap: 8px 26px; margin: 14px 0 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px; }
nav a { display: block; padding: 4px 10px; border-radius: 7px; text-decoration: none; font-size: 14px; }
nav a:hover { background: var(--tint); }
nav a[aria-current] { background: var(--accent); color: var(--card); font-weight: 600; }
nav.sections { margin: 0 0 14px; }
nav.sections a { padding-left: 0; padding-right: 14px; text-decoration: underline; }
nav.sections a:hover { background: none; }
.heading { margin: 18px 0 16px; }
.heading p { color: var(--muted); }
main { padding-bottom: 30px; }
footer { padding-bottom: 30px; color: var(--muted); font-size: 13px; }

.card { margin: 0 0 18px; padding: 20px 22px 22px; border-radius: 12px; background: var(--card); }
.card > h2 + p.lead, .lead { color: var(--muted); font-size: 14px; }
.notices { margin: 0 0 18px; display: grid; gap: 8px; }
.notices li, .notice { padding: 10px 16px; border-left: 4px solid var(--warn); border-radius: 6px; background: var(--warn-tint); color: var(--warn); }
.notices li.bad { border-color: var(--bad); background: var(--bad-tint); color: var(--bad); }
.notice.good { border-color: var(--good); background: var(--good-tint); color: var(--good); }
.notices a, .notice a { color: inherit; font-weight: 600; }
.empty { margin-top: 12px; padding: 14px 16px; border: 1px dashed var(--muted); border-radius: 8px; color: var(--muted); }
.badge { display: inline-block; padding: 0 7px; border-radius: 9px; background: var(--tint); color: var(--text); font-size: 12px; line-height: 19px; white-space: nowrap; }
.badge.good { background: var(--good-tint); color: var(--good); }
.badge.warn { background: var(--warn-tint); color: var(--warn); }
.badge.bad { background: var(--bad-tint); color: var(--bad); }

.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(172px, 1fr)); gap: 10px; margin: 14px 0 0; }
.figures > div { padding: 10px 14px 11px; border-radius: 9px; background: var(--page); }
.figures dt { color: var(--muted); font-size: 13px; }
.figures strong { display: block; font-size: 18px; white-space: nowrap; line-height: 1.3; font-variant-numeric: tabular-nums; }
.figures a { text-decoration-thickness: 1px; }
.figures .bad { background: var(--bad-tint); }
.figures .bad dt, .figures .bad a, .figures .bad strong, .figures .bad small { color: var(--bad); }
.figures .warn { background: var(--warn-tint); }
.figures .warn dt, .figures .warn a, .figures .warn strong, .figures .warn small { color: var(--warn); }

.stages { display: grid; grid-template-columns: repeat(8, minmax(0, 1fr)); gap: 8px; margin: 16px 0 0; }
.stages > li { display: flex; flex-direction: column; padding: 10px 11px 11px; border-top: 4px solid var(--s1); border-radius: 3px 3px 9px 9px; background: var(--page); }
.stages h3 { margin: 0; font-size: 14px; }
.stages .there { font-size: 22px; font-weight: 700; line-height: 1.35; font-variant-numeric: tabular-nums; }
.stages p small { display: block; }
.stages dl { display: grid; grid-template-columns: 1fr 1fr; gap: 5px; margin-top: 6px; font-size: 13px; line-height: 1.35; }
.stages dt { color: var(--muted); font-size: 12px; }
.stages dl > div { grid-column: 1 / -1; }
.stages dl > .half { grid-column: auto; }
.stages h3 + p { margin-bottom: 0; }
.stages dl + p { margin-top: auto; padding-top: 8px; }
.stages summary { font-size: 13px; }
.stages details { margin-top: auto; padding-top: 8px; font-size: 13px; }
.stages details li { margin-top: 4px; line-height: 1.35; }

.chart { margin: 16px 0 6px; }
.chart svg { display: block; width: 100%; height: auto; }
.chart text { font-family: inherit; }
.chart .narrow { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; margin-bottom: 6px; color: var(--muted); font-size: 13px; }
.legend li::before { content: ''; display: inline-block; width: 11px; height: 11px; margin-right: 6px; border-radius: 3px; background: currentColor; color: var(--muted); }
.legend li.line::before { height: 4px; vertical-align: 3px; }
${[1, 2, 3, 4, 5, 6, 7, 8].map((colour) => `.legend li.s${colour}::before { color: var(--s${colour}); }\n.stages > li.s${colour} { border-color: var(--s${colour}); }`).join('\n')}

.table { margin: 14px 0 0; }
.scroll { position: relative; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; line-height: 1.4; }
caption { padding: 0 0 6px; text-align: left; font-weight: 600; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 2px; }
thead th { color: var(--muted); font-size: 12px; font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; }
td, th[scope='row'] { max-width: 380px; overflow-wrap: break-word; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td time { white-space: nowrap; }
th small, th time { font-weight: 400; }
td.number small { display: block; }
.step { display: block; min-width: 190px; padding-left: 14px; font-weight: 400; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 0 40px; }
.pair > div { min-width: 0; }
.file { margin: 4px 0 0; text-align: right; font-size: 13px; }
details { margin: 14px 0 0; }
summary { cursor: pointer; color: var(--accent); font-size: 14px; }
details .table { margin-top: 8px; }
.verdict { margin: 10px 0 0; }
.verdict li { margin-top: 6px; }
meter { width: 110px; height: 12px; vertical-align: -1px; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; margin: 16px 0 0; }
.pages { margin: 14px 0 0; }

.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: 10px 20px; margin: 14px 0 0; }
.facts dt { color: var(--muted); font-size: 13px; }
.timeline h3 { margin: 20px 0 4px; padding-bottom: 4px; border-bottom: 1px solid var(--line); color: var(--muted); font-weight: 600; }
.timeline .entry { display: grid; grid-template-columns: 52px 1fr; gap: 0 12px; padding: 8px 0; }
.timeline .entry > time { color: var(--muted); font-size: 13px; line-height: 22px; font-variant-numeric: tabular-nums; }
.timeline .what { font-weight: 600; }
.timeline .what small, .timeline .about { font-weight: 400; }
.timeline .work { margin: 5px 0 0; padding-left: 12px; border-left: 3px solid var(--line); font-size: 14px; }
.timeline .work li { margin-top: 2px; }
.error { color: var(--bad); white-space: pre-line; }

@media (max-width: 1000px) {
  .stages { grid-template-columns: repeat(4, minmax(0, 1fr)); }
}
@media screen and (max-width: 700px) {
  header, main, footer { padding-left: 14px; padding-right: 14px; }
  .card { padding: 16px 14px 18px; }
  .chart .wide { display: none; }
  .chart .narrow { display: block; max-width: 420px; }
  .stages { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .figures { grid-template-columns: repeat(auto-fill, minmax(138px, 1fr)); }
  .search { flex: 1 0 100%; }
  .search input { flex: 1; }
}
@media print {
  html, body { background: #ffffff; font-size: 11px; }
  header .top, header .chooser, nav, .file, .skip, .actions, .pages, footer { display: none !important; }
  header, main { max-width: none; padding: 0; }
  .card { padding: 0; border-radius: 0; break-inside: auto; }
  .scroll { overflow: visible; }
  table, thead th, th small, td small, .badge { font-size: 8px; }
  h3, .lead, .legend, summary { font-size: 11px; }
  th, td { padding-right: 5px; }
  .number { white-space: normal; }
  .step { min-width: 0; padding-left: 8px; }
  thead { display: table-header-group; }
  tr, .figures > div, .stages > li, .chart, .entry { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .stages { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .figures > div, .stages > li { border: 1px solid var(--line); }
  a { color: inherit; text-decoration: none; }
  details::details-content { display: block; content-visibility: visible; height: auto; overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
