"""Commands of the graph and of a local Neo4j."""

from pathlib import Path
from typing import Annotated

import typer

from sandan.jobs.commands.options import FormatOption, OutOption
from sandan.jobs.terminal.tables import Format
from sandan.record.settings import load_settings

graph_app = typer.Typer(no_args_is_help=True, help="The graph made from the lake. Example: sandan graph info")
neo4j_app = typer.Typer(no_args_is_help=True, help="A local Neo4j for development and tests. Example: sandan neo4j start")
HeapOption = Annotated[str, typer.Option("--heap", help="memory of the server, as 512m or 2g")]
JarsOption = Annotated[Path | None, typer.Option("--jars", help="folder with lib/ and plugins/; default: Maven brings them, once")]


@graph_app.command("build")
def graph_build() -> None:
    """Builds the graph from the lake with the newest run's results, into the configured store. Example: sandan graph build"""
    from sandan.jobs.pipeline import build_graph
    from sandan.jobs.terminal.progress import say

    print(f"graph version {build_graph(load_settings(), step=say)}")


@graph_app.command("info")
def graph_info(form: FormatOption = Format.TABLE, out: OutOption = None) -> None:
    """Version of the graph in use, and its nodes and relationships. Example: sandan graph info --format json"""
    from sandan.jobs.terminal.reading import graph_rows
    from sandan.jobs.terminal.tables import show

    show(graph_rows(load_settings()), ("kind", "name", "n"), form, out)


@graph_app.command("check")
def graph_check(
    quick: Annotated[bool, typer.Option("--quick", help="do not hold the graph against the lake")] = False,
) -> None:
    """Holds what is served against the graph's tables, and these against the lake. Example: sandan graph check"""
    from sandan.jobs.checks.graph import check_graph

    check_graph(load_settings(), with_lake=not quick)


@neo4j_app.command("start")
def neo4j_start(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="of Bolt; default: the last one, else 7687")] = None,
    heap: HeapOption = "1g",
    jars: JarsOption = None,
) -> None:
    """Starts the Neo4j of this home on 127.0.0.1; the first time Maven brings it. Example: sandan neo4j start --port 7688"""
    from sandan.jobs.local_neo4j import start_server

    start_server(load_settings(), port=port, heap=heap, jars=jars)


@neo4j_app.command("stop")
def neo4j_stop() -> None:
    """Stops it cleanly; its data stays. Example: sandan neo4j stop"""
    from sandan.jobs.local_neo4j import stop_server

    stop_server(load_settings())


@neo4j_app.command("status")
def neo4j_status() -> None:
    """Whether it answers, where, and of which version; ends with 69 where it does not. Example: sandan neo4j status"""
    from sandan.jobs.local_neo4j import print_status

    print_status(load_settings())


@neo4j_app.command("password")
def neo4j_password() -> None:
    """Prints its password. Example: export SANDAN_GRAPH_PASSWORD=$(sandan neo4j password)"""
    from sandan.jobs.local_neo4j import print_password

    print_password(load_settings())


@neo4j_app.command("import")
def neo4j_import(heap: HeapOption = "1g", jars: JarsOption = None) -> None:
    """Puts the graph into it by its bulk import, in the place of what it holds; it is stopped meanwhile. Example: sandan neo4j import"""
    from sandan.jobs.local_neo4j import import_graph

    import_graph(load_settings(), heap=heap, jars=jars)
