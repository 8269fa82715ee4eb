"""Has Prometheus itself check and scrape a run's metrics, and the rules and the dashboard of cluster/monitoring (docs/seeing.md).

    python3 scripts/monitoring/check.py TRIBUTARY MODEL.yaml FACES.h5 FOLDER PROMETHEUS-FOLDER

It needs `promtool` and `prometheus` in PROMETHEUS-FOLDER, and nothing of Python but its standard library.
"""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PATIENCE = 1200
MONITORING = pathlib.Path("cluster/monitoring")
# What a query may name besides metrics.
WORDS = {
    "rate", "increase", "sum", "by", "on", "and", "group_left", "histogram_quantile", "label_values", "up", "job", "instance",
    "worker", "state", "split", "direction", "content", "preparing", "train", "le",
}


def get(url, host=None):
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        return answer.headers, answer.read().decode()


def wait(what, condition):
    """The first true value of a condition; names what did not come."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.2)
    raise SystemExit(f"{what} did not come within {PATIENCE} s")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def metrics_address(log):
    found = re.search(r"metrics: (http://\S+)", log.read_text())
    return found and found.group(1)


def samples(text):
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if not line.startswith("#")}


def names_in(expression):
    expression = re.sub(r'"[^"]*"|\$\w+|\[[^\]]*\]', " ", expression)
    return {word for word in re.findall(r"\b[a-z_][a-z0-9_]+", expression) if word not in WORDS}


def expressions():
    """What the dashboard and the rules ask for."""
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]
    rules = (MONITORING / "rules.yml").read_text()
    yield from re.findall(r"expr: (?!\|)(.+)", rules)
    yield from re.findall(r"expr: \|\n((?: {10}.*\n)+)", rules)


# What both workers have and have moved once they are at work.
MOVED = ['tributary_worker_images_total{worker="worker-1"}', 'tributary_worker_images_total{worker="worker-2"}'] + [
    f'tributary_link_bytes_total{{worker="worker-1",direction="{direction}",content="{content}"}}'
    for direction, content in [("sent", "parameters"), ("sent", "pixels"), ("received", "sums")]]


def check_format(promtool, address, path):
    def answer():
        found = get(address)
        return "tributary_step " in found[1] and all(samples(found[1]).get(name, 0) > 0 for name in MOVED) and found

    headers, text = wait("the run's first numbers, of both workers", answer)
    assert headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8", headers["Content-Type"]
    path.write_text(text)
    checked = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
    assert checked.returncode == 0 and not checked.stdout and not checked.stderr, checked.stdout + checked.stderr
    return text


def check_numbers(text):
    """What must hold of the numbers of any run that goes on."""
    found = samples(text)
    assert found["tributary_steps_total"] == found["tributary_step_seconds_count"], found
    assert found['tributary_step_seconds_bucket{le="+Inf"}'] == found["tributary_step_seconds_count"], found
    assert found["tributary_step"] <= found["tributary_target_step"], found
    for name in MOVED:
        assert found[name] > 0, name
    assert found["process_resident_memory_bytes"] > 1e6 and found["process_cpu_seconds_total"] > 0


def check_refusals(address):
    """Another name for this machine is a page's that was made to lead here, and nothing else is to be had."""
    for url, host, status in [(address, "evil.example", 403), (address.replace("/metrics", "/"), None, 404)]:
        try:
            get(url, host)
            raise SystemExit(f"{url} was answered to {host}")
        except urllib.error.HTTPError as error:
            assert error.code == status, (url, host, error.code)


def check_names(text):
    known = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    known |= {name + "_bucket" for name in re.findall(r"^# TYPE (\S+) histogram", text, re.MULTILINE)}
    asked = set()
    for expression in expressions():
        unknown = names_in(expression) - known
        assert not unknown, f"no metric has the name {unknown}: {expression}"
        asked |= names_in(expression)
    assert len(asked) > 15, asked
    return len(asked)


def check_scraping(prometheus, address, folder):
    """A real server scrapes the run, and its rules are in order."""
    port = free_port()
    configuration = (MONITORING / "prometheus.yml").read_text().replace("127.0.0.1:9464", urllib.parse.urlparse(address).netloc)
    (folder / "prometheus.yml").write_text(configuration.replace("scrape_interval: 5s", "scrape_interval: 1s"))
    shutil.copy(MONITORING / "rules.yml", folder)
    with open(folder / "prometheus.log", "w") as log:
        server = subprocess.Popen(
            [prometheus, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        def query(expression):
            try:
                text = get(f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))[1]
            except (urllib.error.URLError, ConnectionError):
                return []
            return json.loads(text)["data"]["result"]

        wait("a rate of steps in Prometheus", lambda: [row for row in query("rate(tributary_steps_total[10s])") if float(row["value"][1]) > 0])
        # A scrape that takes longer than a second fails, and the next one may not.
        wait("a run that is up", lambda: [row for row in query('up{job="tributary"}') if row["value"][1] == "1"])
        wait("both workers in Prometheus", lambda: {row["metric"]["worker"] for row in query("tributary_worker_images_total")}
             == {"worker-1", "worker-2"})
        rules = json.loads(get(f"http://127.0.0.1:{port}/api/v1/rules")[1])["data"]["groups"][0]["rules"]
        wrong = [rule["name"] for rule in rules if rule["health"] == "err"]
        assert not wrong and len(rules) == (MONITORING / "rules.yml").read_text().count("alert:"), rules
        return len(rules)
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def main():
    tributary, model, data, folder, tools = sys.argv[1:]
    folder = pathlib.Path(folder)
    promtool, prometheus = f"{tools}/promtool", f"{tools}/prometheus"
    for arguments in [["check", "rules", "rules.yml"], ["test", "rules", "rules.test.yml"], ["check", "config", "prometheus.yml"]]:
        checked = subprocess.run([promtool, *arguments], cwd=MONITORING, capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    log = folder / "train.log"
    with open(log, "w") as errors:
        run = subprocess.Popen(
            [tributary, "train", "--config", model, "--data", data, "--out", str(folder / "run"), "--workers", "2",
             "--steps", "1000000", "--metrics-port", "0"], stdout=subprocess.DEVNULL, stderr=errors)
    try:
        address = wait("the address of the metrics", lambda: metrics_address(log))
        wait("a step", lambda: samples(get(address)[1]).get("tributary_steps_total", 0) > 0)
        wait("both workers", lambda: 'worker_images_total{worker="worker-2"}' in get(address)[1])
        text = check_format(promtool, address, folder / "metrics.txt")
        check_numbers(text)
        check_refusals(address)
        count = check_names(text)
        rules = check_scraping(prometheus, address, folder)
    finally:
        run.terminate()
        run.wait(timeout=PATIENCE)
    assert run.returncode == 143, run.returncode
    print(f"promtool takes {len(samples(text))} samples, Prometheus scraped them, and {rules} rules and the dashboard ask for {count} metrics that there are")


main()
