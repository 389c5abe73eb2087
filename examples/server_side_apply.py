"""Server-side apply with typed configurations: only what is set is sent, and owned; who owns what is told in conflicts.

python examples/server_side_apply.py
python examples/server_side_apply.py --server ~/.kube/config
"""

from __future__ import annotations

import argparse

from kubeclient import Clientset
from kubeclient.applyconfigurations import apps_v1, core_v1, meta_v1
from kubeclient.errors import Conflict

NAME = "demo-apply"


def connect(server: str) -> Clientset:
    """A client of the cluster in memory or of the one that a kubeconfig names."""
    if server != "memory":
        return Clientset.from_kubeconfig(server)
    from kubefake import Cluster

    return Cluster().client()


def demo() -> apps_v1.Deployment:
    """Two replicas of nginx."""
    labels = {"app": "demo"}
    template = core_v1.PodTemplateSpec(
        metadata=meta_v1.ObjectMeta(labels=labels),
        spec=core_v1.PodSpec(containers=[core_v1.Container(name="web", image="nginx:1.12")]),
    )
    selector = meta_v1.LabelSelector(match_labels=labels)
    spec = apps_v1.DeploymentSpec(replicas=2, selector=selector, template=template)
    return apps_v1.Deployment(NAME, "default", spec=spec)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default="memory", help="memory, or a kubeconfig (default: %(default)s)")
    with connect(parser.parse_args().server) as client:
        deployments = client.apps_v1.deployments("default")
        applied = deployments.apply(demo(), field_manager="owner")
        print(f"owner applied {applied.spec.replicas} replicas")

        wish = apps_v1.Deployment(NAME, "default", spec=apps_v1.DeploymentSpec(replicas=5))
        try:
            deployments.apply(wish, field_manager="scaler")
        except Conflict as conflict:
            print(f"refused: {conflict}")
        forced = deployments.apply(wish, field_manager="scaler", force=True)
        print(f"scaler forced {forced.spec.replicas} replicas")

        mine = apps_v1.extract_deployment(forced, "owner")
        print(f"owner still owns replicas: {mine.spec is not None and mine.spec.replicas is not None}")
        again = deployments.apply(mine.with_annotations({"example.com/note": "mine"}), field_manager="owner")
        print(f"after the owner's next apply there are {again.spec.replicas} replicas, and a note")
        deployments.delete(NAME)


if __name__ == "__main__":
    main()
