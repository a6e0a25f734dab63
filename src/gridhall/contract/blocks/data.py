"""The blocks that show data: tables and charts."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from gridhall.contract.blocks.parts import Closed, Filled, Laid, Typed, Upto20, Upto50, Wrong
from gridhall.contract.blocks.rich_text import RichText

LONGEST_TABLE = 10_000
LONGEST_DATA_TABLE = 20_000
"""Characters in the cells of all tables of a message. Source: the pages of the two blocks."""


class RawText(Typed, tag="raw_text"):
    """A cell of text."""

    text: Filled


class RawNumber(Typed, tag="raw_number"):
    """A cell that is sorted as a number and shown as its text."""

    value: int | float
    text: Filled | UnsetType = UNSET


Cell = RawText | RawNumber | RichText
Row = Annotated[list[Cell], Meta(min_length=1, max_length=20)]


class ColumnSettings(Closed):
    """How a column looks."""

    align: Literal["left", "center", "right"] | UnsetType = UNSET
    is_wrapped: bool | UnsetType = UNSET


class Table(Laid, tag="table", kw_only=True):
    """A table. A column without settings is null."""

    rows: Annotated[list[Row], Meta(min_length=1, max_length=100)]
    column_settings: Annotated[list[ColumnSettings | None], Meta(max_length=20)] | UnsetType = UNSET


class DataTable(Laid, tag="data_table", kw_only=True):
    """A table that readers sort and turn the pages of; its first row is its header."""

    rows: Annotated[list[Row], Meta(min_length=2, max_length=201)]
    caption: Filled
    page_size: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    row_header_column_index: Annotated[int, Meta(ge=0)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        width = len(self.rows[0])
        for number, cell in enumerate(self.rows[0]):
            if isinstance(cell, RichText):
                raise Wrong("must be no rich text in the header", f"/rows/0/{number}/type")
        for number, row in enumerate(self.rows):
            if len(row) != width:
                raise Wrong("must have as many cells as the header", f"/rows/{number}")
        if self.row_header_column_index is not UNSET and self.row_header_column_index >= width:
            raise Wrong("must be a column of the table", "/row_header_column_index")


class Segment(Closed):
    """A piece of a pie."""

    label: Upto20
    value: Annotated[int, Meta(gt=0)] | Annotated[float, Meta(gt=0)]


class Pie(Typed, tag="pie"):
    """A pie chart."""

    segments: Annotated[list[Segment], Meta(min_length=1, max_length=12)]


class Point(Closed):
    """A value of one category."""

    label: Upto20
    value: int | float


class Series(Closed):
    """Values that belong together."""

    name: Upto20
    data: Annotated[list[Point], Meta(min_length=1, max_length=20)]


class Axes(Closed):
    """What the axes say."""

    categories: Annotated[list[Upto20], Meta(min_length=1, max_length=20)]
    x_label: Upto50 | UnsetType = UNSET
    y_label: Upto50 | UnsetType = UNSET


class _Plot(Typed, tag=""):
    series: Annotated[list[Series], Meta(min_length=1, max_length=12)]
    axis_config: Axes

    def __post_init__(self) -> None:
        categories = sorted(self.axis_config.categories)
        names = set()
        for number, series in enumerate(self.series):
            if series.name in names:
                raise Wrong("`name` is that of another series", f"/series/{number}/name")
            names.add(series.name)
            if sorted(point.label for point in series.data) != categories:
                raise Wrong("must have one point for each category", f"/series/{number}/data")


class Bar(_Plot, tag="bar"):
    """A bar chart."""


class Area(_Plot, tag="area"):
    """An area chart."""


class Line(_Plot, tag="line"):
    """A line chart."""


class DataVisualization(Laid, tag="data_visualization", kw_only=True):
    """A chart."""

    title: Upto50
    chart: Pie | Bar | Area | Line
