# The graph of the book: model -> recordings -> chapters -> claims and pages -> site.
# `synergy book` runs it; by hand: snakemake --cores 2 --config profile=demo
import shlex
import sys

from synergycore import settings
from synergycore.book import plan, paths

PROFILE = config.get("profile", "demo")
PLAN = plan.load(PROFILE)
BUILD = paths.build(PROFILE)
ROOT = settings.root()
SYNERGY = f"{shlex.quote(sys.executable)} -m synergycore.cli"
PROFILE_FILE = ROOT / "profiles" / f"{PROFILE}.yml"
# Models use every core they get, so heavy steps run one after the other on one machine.
ALL_CORES = workflow.cores or 8


wildcard_constraints:
    model="|".join([*map(re.escape, PLAN.models), paths.ONCE]),
    chapter="|".join(map(re.escape, PLAN.chapters)) or "none",


localrules:
    all,
    fetch,
    gather,
    stage,
    site,


rule all:
    input:
        BUILD / "site" / "index.html",


rule fetch:
    input:
        plan.recording_files(),
    output:
        touch(BUILD / "{model}" / "fetched"),
    params:
        model=lambda wildcards: PLAN.models[wildcards.model],
    shell:
        "{SYNERGY} fetch {params.model:q}"


rule record:
    input:
        BUILD / "{model}" / "fetched",
        PROFILE_FILE,
        plan.recording_files(),
    output:
        touch(BUILD / "{model}" / "recorded"),
    params:
        model=lambda wildcards: PLAN.models[wildcards.model],
    threads: ALL_CORES
    shell:
        "{SYNERGY} record --profile {PROFILE} --model {params.model:q}"


def material(wildcards):
    """What a chapter reads: recordings of its model, or measurements made once."""
    if wildcards.model == paths.ONCE:
        return plan.benchmark_files()
    return [BUILD / wildcards.model / "recorded"]


def model_argument(wildcards):
    return [] if wildcards.model == paths.ONCE else ["-p", f"model={PLAN.models[wildcards.model]}"]


rule chapter:
    input:
        material,
        PROFILE_FILE,
        plan.chapter_files(),
        text=ROOT / "notebooks" / "{chapter}.md",
    output:
        notebook=BUILD / "{model}" / "{chapter}.ipynb",
        claims=BUILD / "{model}" / "{chapter}" / "claims.json",
    params:
        model=model_argument,
    threads: ALL_CORES
    shell:
        "{SYNERGY} chapter {wildcards.chapter} --profile {PROFILE} {params.model:q}"
        " --output {output.notebook:q}"


rule gather:
    input:
        lambda wildcards: PLAN.claims_of_runs(wildcards.chapter),
    output:
        BUILD / "claims" / "{chapter}.json",
    shell:
        "{SYNERGY} gather {wildcards.chapter} --profile {PROFILE}"


rule stage:
    input:
        PLAN.notebooks(),
        [paths.gathered(PROFILE, chapter) for chapter in PLAN.chapters],
        plan.page_files(),
        PROFILE_FILE,
    output:
        BUILD / "stage" / "_toc.yml",
    shell:
        "{SYNERGY} stage --profile {PROFILE}"


rule site:
    input:
        BUILD / "stage" / "_toc.yml",
    output:
        BUILD / "site" / "index.html",
    shell:
        "{SYNERGY} site --profile {PROFILE}"
