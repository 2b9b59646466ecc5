# The graph of the book: model -> recordings -> chapters -> claims -> site.
# `synergy book` runs it; by hand: snakemake --cores 2 --config profile=demo
import shlex
import sys

from synergycore.book import inputs, paths, plan

PROFILE = config.get("profile", "demo")
PLAN = plan.load(PROFILE)
CHAPTERS = inputs.chapters(PLAN)
BUILD = paths.build(PROFILE)
SYNERGY = f"{shlex.quote(sys.executable)} -m synergycore.cli"
# Models use every core they get, so heavy steps run one after the other on one machine.
ALL_CORES = workflow.cores or 8

if workflow.is_main_process:
    inputs.write_code(PLAN)


def model_argument(wildcards):
    return [] if wildcards.model == paths.ONCE else ["-p", f"model={PLAN.models[wildcards.model]}"]


wildcard_constraints:
    model="|".join([*map(re.escape, PLAN.models), paths.ONCE]),
    chapter="|".join(map(re.escape, PLAN.chapters)) or "none",


localrules:
    all,
    fetch,
    gather,
    site,


rule all:
    input:
        # everything: what a failed step took away is missed by the next build, whatever came of it
        PLAN.notebooks(),
        [PLAN.claims_of_runs(chapter) for chapter in PLAN.chapters],
        PLAN.gathered(),
        BUILD / "site" / "index.html",


rule fetch:
    input:
        inputs.model(),
    output:
        touch(BUILD / "{model}" / "fetched"),
    params:
        model=lambda wildcards: PLAN.models[wildcards.model],
    shell:
        "{SYNERGY} fetch {params.model:q}"


rule record:
    input:
        BUILD / "{model}" / "fetched",
        inputs.recording(PLAN),
    output:
        touch(BUILD / "{model}" / "recorded"),
    params:
        model=lambda wildcards: PLAN.models[wildcards.model],
    threads: ALL_CORES
    shell:
        "{SYNERGY} record --profile {PROFILE} --model {params.model:q}"


rule chapter:
    input:
        lambda wildcards: CHAPTERS[wildcards.chapter, wildcards.model],
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


rule site:
    input:
        PLAN.notebooks(),
        PLAN.gathered(),
        inputs.pages(PLAN),
    output:
        BUILD / "site" / "index.html",
    shell:
        "{SYNERGY} site --profile {PROFILE}"
