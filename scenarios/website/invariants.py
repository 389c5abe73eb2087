"""What must hold of a cluster with this operator, whoever runs and whatever goes wrong: functions from state to problems.

They take plain objects as the server stores them, so they serve tests, scenarios and a script against a real cluster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

Objects = Iterable[Mapping[str, Any]]


def one_deployment_each(deployments: Objects) -> list[str]:
    """Never do two Deployments belong to one Website."""
    owners = Counter(
        owner["uid"]
        for deployment in deployments
        for owner in deployment["metadata"].get("ownerReferences", ())
        if owner["kind"] == "Website"
    )
    return [f"{count} Deployments belong to the Website {uid}" for uid, count in owners.items() if count > 1]


def no_orphaned_records(websites: Objects, config_maps: Objects) -> list[str]:
    """A DNS record whose Website is gone stays behind for nobody. Holds once the operator has come to rest."""
    sites = {(site["metadata"]["namespace"], site["metadata"]["name"]) for site in websites}
    return [
        f"host {host} leads to Website {name}, which does not exist"
        for records in config_maps
        if records["metadata"]["name"] == "dns-records"
        for host, name in (records.get("data") or {}).items()
        if (records["metadata"]["namespace"], name) not in sites
    ]


def spec_is_carried_out(websites: Objects, deployments: Objects) -> list[str]:
    """Each Website's Deployment has its image and replicas. Holds once the operator has come to rest."""
    by_owner = {
        owner["uid"]: deployment
        for deployment in deployments
        for owner in deployment["metadata"].get("ownerReferences", ())
    }
    problems = []
    for site in websites:
        name, wanted = site["metadata"]["name"], site["spec"]
        deployment = by_owner.get(site["metadata"]["uid"])
        if deployment is None:
            problems.append(f"Website {name} has no Deployment")
            continue
        spec = deployment["spec"]
        found = (spec["replicas"], spec["template"]["spec"]["containers"][0]["image"])
        if found != (wanted["replicas"], wanted["image"]):
            problems.append(
                f"Website {name} wants {(wanted['replicas'], wanted['image'])}, its Deployment says {found}"
            )
    return problems
