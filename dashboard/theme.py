"""Colours, signs and the settings that every chart and table shares."""

import json
from typing import Any

from sandan.dashboard.i18n import Language

FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif'
# A grade is a sign, a word and a colour: never colour alone.
GLYPHS = {"low": "–", "medium": "!", "high": "!!"}
GRADE_COLOURS = {"low": "#7A95AB", "medium": "#C08A00", "high": "#B3261E"}
GRADES = ("high", "medium", "low")
INK = "#1b2733"

# plotly's defaults offer to send the chart to its maker's cloud.
GRAPH_CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "topojsonURL": "/assets/map/",
    "showTips": False,
    "responsive": True,
}
_LOCALES: dict[Language, str] = {"en": "en", "zh": "zh-CN"}

MANTINE_THEME: dict[str, Any] = {
    "fontFamily": FONT,
    "primaryColor": "blue",
    "primaryShade": 8,
    "autoContrast": True,
    "defaultRadius": "sm",
}
_GRID_LOOK = {
    "fontFamily": "inherit", "fontSize": 13, "headerFontSize": 12, "headerFontWeight": 600, "headerBackgroundColor": "#f3f6f9",
    "headerTextColor": "#44566a", "borderColor": "#dde4ea", "foregroundColor": "#1b2733", "rowHoverColor": "#eef4fa",
    "selectedRowBackgroundColor": "#e3eef9", "accentColor": "#1f5a8c", "wrapperBorderRadius": "8px", "spacing": 7,
    "cellHorizontalPaddingScale": 0.65,
}  # fmt: skip


def graph_config(language: Language) -> dict[str, Any]:
    """The configuration that every `dcc.Graph` gets."""
    return {**GRAPH_CONFIG, "locale": _LOCALES[language]}


# What a table says to screen readers; in English it has words of its own.
_READ_ALOUD: dict[Language, dict[str, str]] = {
    "zh": {
        "ariaRowToggleSelection": "按空格键勾选", "ariaRowSelect": "按空格键勾选", "ariaRowDeselect": "按空格键取消勾选",
        "ariaChecked": "已勾选", "ariaUnchecked": "未勾选", "ariaSortableColumn": "按回车键排序", "ariaLabelSelectionColumn": "勾选",
        "selectAll": "全选", "ariaRowSelectionDisabled": "此行不可勾选", "ariaSkeletonCellLoading": "正在加载",
        "ariaSkeletonCellLoadingFailed": "加载失败",
    },
}  # fmt: skip


def grid_options(loading: str, nothing: str, language: Language) -> dict[str, Any]:
    """The options that every table shares, with the grid's own words."""
    return {
        "theme": {"function": f"themeQuartz.withParams({json.dumps(_GRID_LOOK)})"},
        "suppressCellFocus": False,
        "suppressMovableColumns": True,
        "suppressDragLeaveHidesColumns": True,
        "enableCellTextSelection": True,
        "tooltipShowDelay": 400,
        "animateRows": False,
        "localeText": {"loadingOoo": loading, "noRowsToShow": nothing, "loadingError": "–", **_READ_ALOUD.get(language, {})},
    }
