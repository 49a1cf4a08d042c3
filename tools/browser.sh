#!/bin/sh
# Finds a Chromium for the tests that open pages, or gets one; prints where it is.
# Without one those tests cannot run: a loud warning, and a failure where CI=true.
set -u
python="${1:-.venv/bin/python}"

found() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    for path in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
                "/Applications/Chromium.app/Contents/MacOS/Chromium" \
                "$(playwrights_own)"; do
        [ -x "$path" ] && echo "$path" && return 0
    done
    return 1
}

playwrights_own() {
    "$python" - 2>/dev/null <<'PYTHON'
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PYTHON
}

found && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "No Chromium found: installing Debian's." >&2
    apt-get update -qq >&2 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >&2
    found && exit 0
fi
echo "No Chromium found: asking Playwright for its own." >&2
"$python" -m playwright install chromium >&2
found && exit 0

cat >&2 <<'WARNING'
==============================================================================
NAV PĀRLŪKA: Chromium netika atrasts, un to neizdevās uzinstalēt.
Testi, kas atver lapas pārlūkā, netiks izpildīti.
NO BROWSER: Chromium was not found and could not be installed.
The tests that open pages in a browser will not run.
    Debian/Ubuntu: apt-get install chromium
==============================================================================
WARNING
[ "${CI:-}" != true ]
