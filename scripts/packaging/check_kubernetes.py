"""Checks manifests for Kubernetes, as `kubectl kustomize` renders them: by the published schema, by the words that the API's reference
allows where the schema allows any text, and by the rules between fields that the API server has beyond both.

    kubectl kustomize FOLDER | python check_kubernetes.py VERSION

It then spoils each word that it knows, one at a time, and fails where it does not find that. Wants kubernetes-validate.
"""

import copy
import sys

import yaml
from kubernetes_validate import ValidationError, validate

# Where the reference of the API (batch/v1, apps/v1, core/v1, policy/v1) lists the values of a text field: the field, below whatever else.
WORDS = {
    ("accessModes", "*"): {"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"},
    ("capabilities", "drop", "*"): {"ALL"},
    ("completionMode",): {"NonIndexed", "Indexed"},
    ("emptyDir", "medium"): {"", "Memory"},
    ("fsGroupChangePolicy",): {"OnRootMismatch", "Always"},
    ("imagePullPolicy",): {"Always", "IfNotPresent", "Never"},
    ("onExitCodes", "operator"): {"In", "NotIn"},
    ("onPodConditions", "*", "status"): {"True", "False", "Unknown"},
    ("onPodConditions", "*", "type"): {"DisruptionTarget", "PodScheduled", "Ready", "Initialized", "ContainersReady"},
    ("podReplacementPolicy",): {"TerminatingOrFailed", "Failed"},
    ("protocol",): {"TCP", "UDP", "SCTP"},
    ("restartPolicy",): {"Always", "OnFailure", "Never"},
    ("rules", "*", "action"): {"FailJob", "FailIndex", "Ignore", "Count"},
    ("seccompProfile", "type"): {"RuntimeDefault", "Localhost", "Unconfined"},
    ("strategy", "type"): {"Recreate", "RollingUpdate"},
    ("unhealthyPodEvictionPolicy",): {"IfHealthyBudget", "AlwaysAllow"},
}


def fields(value, path=()):
    """Each text in a document, with its path; `*` stands for an index."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from fields(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from fields(inner, (*path, index))
    elif isinstance(value, str):
        yield path, value


def words_of(path):
    general = tuple("*" if isinstance(step, int) else step for step in path)
    return next((words for end, words in WORDS.items() if general[-len(end) :] == end), None)


def wrong_words(document):
    for path, value in fields(document):
        words = words_of(path)
        if words is not None and value not in words:
            yield f"{'.'.join(map(str, path))} is {value!r}, not one of {sorted(words)}"


def template_of(document):
    return document["spec"].get("template") if document["kind"] in ("Job", "Deployment", "StatefulSet") else None


def rules_of_jobs(job):
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    rules = spec.get("podFailurePolicy", {}).get("rules", [])
    if pod.get("restartPolicy") not in ("Never", "OnFailure"):
        yield "a Job's pods have restartPolicy Never or OnFailure"
    if rules and pod.get("restartPolicy") != "Never":
        yield "podFailurePolicy wants restartPolicy Never"
    if rules and spec.get("podReplacementPolicy", "Failed") != "Failed":
        yield "podFailurePolicy wants podReplacementPolicy Failed"
    if any(rule["action"] == "FailIndex" for rule in rules) and "backoffLimitPerIndex" not in spec:
        yield "FailIndex wants backoffLimitPerIndex"
    if "maxFailedIndexes" in spec and "backoffLimitPerIndex" not in spec:
        yield "maxFailedIndexes wants backoffLimitPerIndex"
    if "backoffLimitPerIndex" in spec and spec.get("completionMode") != "Indexed":
        yield "backoffLimitPerIndex wants completionMode Indexed"
    if spec.get("completionMode") == "Indexed" and "completions" not in spec:
        yield "completionMode Indexed wants completions"
    names = {container["name"] for container in pod["containers"]}
    for rule in rules:
        if rule.get("onExitCodes", {}).get("containerName", next(iter(names))) not in names:
            yield f"a rule is about a container that is none of {names}"


def rules_of_pods(template, claims):
    """Rules of the API, and those that these manifests keep on top of it."""
    pod = template["spec"]
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    for container in pod["containers"]:
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{container['name']} mounts {mount['name']}, which is no volume of its pod"
        security = container.get("securityContext", {})
        if not security.get("readOnlyRootFilesystem") or security.get("allowPrivilegeEscalation", True):
            yield f"{container['name']} may write its root, or gain privileges"
        if "livenessProbe" in container:
            yield f"{container['name']} has a livenessProbe, which would time computing"
    if not pod.get("securityContext", {}).get("runAsNonRoot"):
        yield "the pod may run as root"
    for volume in pod.get("volumes", []):
        claim = volume.get("persistentVolumeClaim", {}).get("claimName")
        if claim and claim not in claims:
            yield f"nobody claims {claim}"


def selects(selector, labels):
    return selector.items() <= labels.items()


def rules_between(documents):
    """Who selects whom, and by which names."""
    templates = [template for template in map(template_of, documents) if template]
    for document in documents:
        kind, name, spec = document["kind"], document["metadata"]["name"], document.get("spec", {})
        if kind in ("Service", "PodDisruptionBudget"):
            selector = spec["selector"] if kind == "Service" else spec["selector"]["matchLabels"]
            chosen = [template for template in templates if selects(selector, template["metadata"]["labels"])]
            if len(chosen) != 1:
                yield f"{kind} {name} selects {len(chosen)} kinds of pods, not one"
            elif kind == "Service":
                ports = {p["name"] for c in chosen[0]["spec"]["containers"] for p in c.get("ports", [])}
                for port in spec["ports"]:
                    if port["targetPort"] not in ports:
                        yield f"Service {name} leads to a port {port['targetPort']}, which no pod has"
        if kind == "Deployment" and not selects(spec["selector"]["matchLabels"], spec["template"]["metadata"]["labels"]):
            yield f"Deployment {name} does not select its own pods"


def problems(documents, version):
    claims = {d["metadata"]["name"] for d in documents if d["kind"] == "PersistentVolumeClaim"}
    for document in documents:
        name = f"{document['kind']} {document['metadata']['name']}"
        try:
            validate(document, version, strict=True)
        except ValidationError as error:
            yield f"{name}: {error.message}"
        for sentence in wrong_words(document):
            yield f"{name}: {sentence}"
        found = list(rules_of_jobs(document)) if document["kind"] == "Job" else []
        template = template_of(document)
        found += rules_of_pods(template, claims) if template else []
        for sentence in found:
            yield f"{name}: {sentence}"
    yield from rules_between(documents)


def set_field(document, path, value):
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


def undetected(documents, version):
    """The words that can be spoiled without anybody noticing; and how many were spoiled."""
    count, missed = 0, []
    for number, document in enumerate(documents):
        for path, value in fields(document):
            if words_of(path) is not None:
                count += 1
                spoilt = copy.deepcopy(documents)
                set_field(spoilt[number], path, value + "d")
                if not any(wrong_words(spoilt[number])):
                    missed.append(path)
    for number, document in enumerate(documents):
        if document["kind"] == "Job":
            count += 1
            spoilt = copy.deepcopy(document)
            spoilt["spec"]["template"]["spec"]["restartPolicy"] = "Always"
            if not any(rules_of_jobs(spoilt)):
                missed.append(("restartPolicy",))
    return count, missed


def main():
    version = sys.argv[1]
    documents = [document for document in yaml.safe_load_all(sys.stdin) if document]
    found = list(problems(documents, version))
    for sentence in found:
        print(sentence)
    count, missed = undetected(documents, version)
    for path in missed:
        print(f"spoiling {path} goes unnoticed")
    if found or missed or count < 8:
        sys.exit(f"of {len(documents)} documents, with {count} words to be spoilt")
    kinds = ", ".join(sorted(document["kind"] for document in documents))
    print(f"{len(documents)} documents ({kinds}) suit Kubernetes {version}; {count} spoilt words were found")


main()
