"""Folders to build: made up, always the same, of the sizes that the bars are about."""
import json
import pathlib

import generate


def small(folder):
    """Three objects and an overlay, as podinfo's."""
    base = folder / "base"
    generate.write(base / "all.yaml", [generate.deployment("web"), generate.service("web"),
                                       generate.config_map("settings")])
    generate.kustomization(base, resources=["all.yaml"])
    generate.kustomization(folder / "overlay", resources=["../base"], namePrefix="dev-", namespace="dev",
                           labels=[{"pairs": {"stage": "dev"}}], images=[{"name": "registry/web", "newTag": "2"}])
    return folder / "overlay"


def argo_cd_ha(folder, corpus):
    """Argo CD's HA installation where the corpus has it, else one of its shape: 70 objects, 2 MB, most of it in
    three definitions."""
    kept = corpus / "kustomize/trees/argo-cd/manifests/ha/cluster-install-with-hydrator"
    if (kept / "kustomization.yaml").exists():
        return kept
    generate.write(folder / "crds/crds.yaml", [generate.definition(name, 620_000) for name in ("apps", "sets", "projects")])
    generate.kustomization(folder / "crds", resources=["crds.yaml"])
    parts = []
    for i in range(11):
        name = f"argocd-{i}"
        part = folder / f"base/{name}"
        generate.write(part / "all.yaml", generate.component(name))
        generate.kustomization(part, resources=["all.yaml"])
        parts.append(name)
    generate.kustomization(folder / "base", resources=parts, images=[{"name": "registry/web", "newTag": "3"}])
    patch = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "argocd-1"},
             "spec": {"replicas": 2, "template": {"spec": {"containers": [
                 {"name": "web", "env": [{"name": "REPLICAS", "value": "2"}]}]}}}}
    generate.kustomization(folder / "ha", resources=["../base", "../crds"], patches=[{"patch": json.dumps(patch)}])
    return folder / "ha"


def overlay(folder, count):
    """`count` resources, a quarter each of Deployments, Services, ConfigMaps and Secrets, under an overlay that uses
    every common transformer."""
    base = folder / "base"
    files = []
    for i in range(count // 4):
        name = f"app-{i}"
        generate.write(base / f"{name}.yaml", [generate.deployment(name), generate.service(name),
                                               generate.config_map(f"{name}-settings"), generate.secret(f"{name}-key")])
        files.append(f"{name}.yaml")
    generate.kustomization(base, resources=files)
    merge = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "any"},
             "spec": {"template": {"spec": {"containers": [{"name": "web", "env": [{"name": "STAGE", "value": "x"}]}]}}}}
    json_patch = [{"op": "add", "path": "/spec/template/spec/priorityClassName", "value": "high"}]
    generate.kustomization(
        folder / "overlay", resources=["../base"], namespace="prod", namePrefix="p-",
        labels=[{"pairs": {"team": "blue"}, "includeSelectors": True}], commonAnnotations={"owner": "me"},
        images=[{"name": "registry/web", "newTag": "2.0"}], replicas=[{"name": "app-1", "count": 5}],
        configMapGenerator=[{"name": "generated", "literals": ["a=b"]}],
        patches=[{"target": {"kind": "Deployment"}, "patch": json.dumps(merge)},
                 {"target": {"kind": "Deployment", "name": "app-1.*"}, "patch": json.dumps(json_patch)}])
    return folder / "overlay"


def all_trees(folder, corpus):
    """(name, folder to build, how many times less processor time is the bar)."""
    folder = pathlib.Path(folder)
    return [("small overlay", small(folder / "small"), 5),
            ("Argo CD HA", argo_cd_ha(folder / "ha", corpus), 25),
            ("overlay of 1,000", overlay(folder / "1000", 1000), 100),
            ("overlay of 5,000", overlay(folder / "5000", 5000), 300)]
