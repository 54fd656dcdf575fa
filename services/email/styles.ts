/** Of what Markdown makes and the frame has no look for. */
export const BODY_STYLES = `.card, .card p, .card li { overflow-wrap: anywhere; word-break: break-word; }
li > ul, li > ol { margin: 8px 0 0; }
h2, h3, h4, h5, h6 { margin: 26px 0 12px; font-size: 19px; line-height: 1.3; }
blockquote { margin: 0 0 18px; padding: 2px 0 2px 16px; border-left: 4px solid #b8a9e8; }
hr { margin: 26px 0; border: 0; border-top: 1px solid #dcd6ec; }
img { max-width: 100%; height: auto; border: 0; }
code { font-family: SFMono-Regular, Consolas, Menlo, monospace; }
pre.code { margin: 0 0 18px; white-space: pre-wrap; font-family: SFMono-Regular, Consolas, Menlo, monospace; }
.footer a { white-space: nowrap; }
[dir="rtl"] ul, [dir="rtl"] ol { padding: 0 22px 0 0; }
[dir="rtl"] blockquote { padding: 2px 16px 2px 0; border-left: 0; border-right: 4px solid #b8a9e8; }
@media (prefers-color-scheme: dark) {
  hr, blockquote { border-color: #6d5fa0 !important; }
}
`;
