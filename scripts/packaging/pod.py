"""Prints the pod that a Job or a Deployment would make, as a manifest for `podman play kube`.

    kubectl kustomize FOLDER | python pod.py NAME IMAGE ADDRESS SECRETS [ARGUMENT …]

The name of the coordinator's Service leads to ADDRESS by the pod's list of hosts, and the container gets more arguments. A folder below SECRETS
stands for each Secret, since podman 4.3 hands them over undecoded and readable by all. Everything else is as it is rendered.
"""

import sys

import yaml


def main():
    name, image, address, secrets, *arguments = sys.argv[1:]
    documents = [d for d in yaml.safe_load_all(sys.stdin) if "template" in d.get("spec", {})]
    (template,) = (d["spec"]["template"] for d in documents if d["metadata"]["name"] == name)
    template["metadata"]["name"] = name
    template["spec"]["hostAliases"] = [{"ip": address, "hostnames": ["tributary-coordinator"]}]
    for volume in template["spec"]["volumes"]:
        if secret := volume.pop("secret", None):
            volume["hostPath"] = {"path": f"{secrets}/{secret['secretName']}", "type": "Directory"}
    (container,) = template["spec"]["containers"]
    container["image"] = image
    container["args"] += arguments
    print(yaml.safe_dump({"apiVersion": "v1", "kind": "Pod", **template}), end="")


main()
