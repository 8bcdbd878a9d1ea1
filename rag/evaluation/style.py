"""The looks of the evaluation page."""

CSS = """
:root { --ink: #1a1c1f; --soft: #5d6470; --paper: #fff; --panel: #f5f6f8; --rule: #dcdfe4;
  --c0: #0a63b0; --c1: #c2500a; --c2: #0b7f62; --c3: #a8447f; --c4: #7a6a00; --heat: 10 99 176; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #a0a7b3; --paper: #15171a;
  --panel: #1e2126; --rule: #343941; --c0: #5aaef5; --c1: #f59a5a; --c2: #4fcfae; --c3: #e58fc0;
  --c4: #d8c64a; --heat: 90 174 245; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; color: var(--ink);
  background: var(--paper); font: 16px/1.5 system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .35rem 0; } .soft { color: var(--soft); font-size: .9rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem;
  margin: 1.5rem 0; }
.tile { background: var(--panel); border-radius: .5rem; padding: .75rem 1rem; }
.tile b { display: block; font-size: 1.6rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .85rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--rule); text-align: end;
  white-space: nowrap; }
th { font-weight: 600; } th:first-child, td:first-child { text-align: start; }
thead th { color: var(--soft); font-size: .85rem; }
td small { color: var(--soft); margin-inline-start: .4rem; }
td.heat { text-align: center; min-width: 5.5rem; border: 2px solid var(--paper);
  background: rgb(var(--heat) / calc(var(--v) * .9)); }
td.heat small { display: block; margin: 0; color: inherit; opacity: .75; }
td.none { text-align: center; }
td.heat.full { color: var(--paper); }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font-size: 11px; font-family: inherit; }
.grid { stroke: var(--rule); } .axis { stroke: var(--soft); }
.mark { stroke: var(--ink); stroke-dasharray: 4 3; stroke-width: 1.5; }
.line { fill: none; stroke-width: 2.25; }
.line.s1 { stroke-dasharray: 7 4; } .line.s2 { stroke-dasharray: 2 3; }
.line.s3 { stroke-dasharray: 9 3 2 3; } .line.s4 { stroke-dasharray: 12 5; }
.dot { stroke: var(--paper); stroke-width: 1; }
.s0 { stroke: var(--c0); color: var(--c0); } .s1 { stroke: var(--c1); color: var(--c1); }
.s2 { stroke: var(--c2); color: var(--c2); } .s3 { stroke: var(--c3); color: var(--c3); }
.s4 { stroke: var(--c4); color: var(--c4); }
circle.dot { fill: currentColor; stroke: var(--paper); }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; font-size: .9rem; }
.legend svg { display: inline-block; width: 2.2rem; height: .6rem; margin-inline-end: .4rem; }
details { border: 1px solid var(--rule); border-radius: .5rem; margin: .6rem 0; }
summary { padding: .6rem .9rem; cursor: pointer; display: flex; gap: .75rem;
  align-items: baseline; }
summary::before { content: "▸"; color: var(--soft); }
details[open] > summary::before { content: "▾"; }
summary .q { flex: 1; font-weight: 600; overflow-wrap: anywhere; }
summary code, .soft code { color: var(--soft); font-size: .85rem; }
.body { padding: 0 .9rem .8rem; } .body h3 { font-size: .85rem; color: var(--soft);
  margin: .6rem 0 .2rem; font-weight: 600; }
.text { margin: .1rem 0 .5rem; padding-inline-start: .8rem;
  border-inline-start: 3px solid var(--rule);  overflow-wrap: anywhere; }
.expected { border-color: var(--c2); } .found { border-color: var(--c1); }
ul { padding-inline-start: 1.2rem; margin: .3rem 0; }
@media print { details { break-inside: avoid; } body { max-width: none; } }
"""
