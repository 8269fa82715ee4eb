/// The looks of a report: light or dark as the reader's system is, and light on paper.
enum ReportStyle {
    static let text = """
        :root { color-scheme: light dark; --paper: #fff; --ink: #1f2933; --faint: #5f6b7a; --rule: #e3e6ea; --box: #f5f7f9;
          --line-0: #0072b2; --line-1: #d1760a; --line-2: #009e73; }
        @media (prefers-color-scheme: dark) { :root { --paper: #14181d; --ink: #e4e7eb; --faint: #9aa5b1; --rule: #313a44;
          --box: #1d232a; --line-0: #56b4e9; --line-1: #f0b04a; --line-2: #3ec79b; } }
        body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; max-width: 980px; margin: 2rem auto;
          padding: 0 1rem; }
        h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--rule); }
        p { margin: .3rem 0; } small, .faint { color: var(--faint); }
        .tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin-top: 1.2rem; }
        .tile { background: var(--box); border-radius: 8px; padding: .6rem .9rem; min-width: 8rem; }
        .tile b { display: block; font-size: 1.35rem; } .tile span { color: var(--faint); font-size: .85rem; }
        .charts, .pictures { display: flex; flex-wrap: wrap; gap: 1rem; }
        figure { margin: 0; } .charts figure { flex: 1 1 440px; max-width: 480px; } figcaption { font-size: .9rem; margin: .4rem 0 .2rem; }
        .pictures img { max-width: 300px; width: 100%; image-rendering: auto; border-radius: 4px; display: block; }
        svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--faint); }
        svg .middle { text-anchor: middle; } svg .end { text-anchor: end; } svg .grid { stroke: var(--rule); stroke-width: 1; }
        svg polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
        .line-0 polyline { stroke: var(--line-0); } .line-1 polyline { stroke: var(--line-1); } .line-2 polyline { stroke: var(--line-2); }
        .line-0 circle { fill: var(--line-0); } .line-1 circle { fill: var(--line-1); } .line-2 circle { fill: var(--line-2); }
        .key { display: inline-block; width: 18px; height: 3px; margin: 0 .35rem .2rem .7rem; }
        .key-0 { background: var(--line-0); } .key-1 { background: var(--line-1); } .key-2 { background: var(--line-2); }
        table { border-collapse: collapse; font-size: .92rem; } th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; vertical-align: top; }
        thead th { border-bottom: 1px solid var(--rule); } .list th { font-weight: normal; color: var(--faint); white-space: nowrap; }
        td { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
        pre { background: var(--box); border-radius: 8px; padding: .8rem 1rem; font-size: .85rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        @media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --faint: #444; --rule: #ccc; --box: #f5f5f5;
          --line-0: #0072b2; --line-1: #b85c00; --line-2: #007a58; }
          body { margin: 0; max-width: none; font-size: 12px; } figure, .tile, tr { break-inside: avoid; } h2 { break-after: avoid; }
          .charts figure { flex: 1 1 45%; max-width: 48%; } .pictures img { max-width: 200px; } }
        """
}
