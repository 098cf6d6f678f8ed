"""What is known of web pages, as data: names of elements, of article containers, and the words of page furniture."""

from __future__ import annotations

TABLE_PARTS = frozenset({"table", "tr", "td", "th", "caption"})
CONTAINERS = frozenset({"div", "section", "article", "main", "header", "footer", "nav", "aside", "center"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

# Elements that begin and end a line of their own; their tags become paragraph marks.
BREAKS = frozenset(
    {
        "p",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "address",
        "fieldset",
        "legend",
        "figure",
        "figcaption",
        "details",
        "summary",
        "hr",
        "body",
        "html",
        "head",
        "form",
        "dir",
        "menu",
        "marquee",
        "optgroup",
    }
)
# Elements whose content is never shown as text; an unclosed one loses its tag only, but see SCRIPTS.
NOT_SHOWN = frozenset({"noscript", "template", "iframe", "noembed", "noframes", "svg", "math", "datalist", "select"})
# Unclosed, these run to the end of the file, as in a browser.
SCRIPTS = frozenset({"script", "style"})
VOID = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "frame",
    }
)

# Attributes by which script frameworks repeat an element: what is in it is a pattern, not content.
TEMPLATE_ATTRIBUTES = ("ms-repeat", "ms-each", "ms-for", "v-for", "ng-repeat", "data-ng-repeat", "x-for")

# Identifiers and classes that content systems of government portals give to the article itself (TRS, 开普云 UCAP,
# 博达 VSB, 大汉 jpage, NFCMS and others); matched as whole words, without regard to case.
ARTICLE_CONTAINERS = (
    "TRS_Editor",
    "trs_editor_view",
    "TRS_UEDITOR",
    "my_doccontent",
    "zoom",
    "zoomcon",
    "UCAP-CONTENT",
    "vsb_content",
    "vsb_content_2",
    "vsb_content_4",
    "vsb_content_500",
    "v_news_content",
    "pages_content",
    "article-content",
    "article-con",
    "article_con",
    "news_cont_d_wrap",
    "tyxxy_main",
    "artile_zw",
    "main-txt",
    "zc_article_con",
)

# Words of a page's own furniture: text beyond one of these is not carried over into the article.
FURNITURE = (
    "版权所有",
    "主办单位",
    "主办：",
    "承办单位",
    "承办：",
    "技术支持",
    "网站标识码",
    "公网安备",
    "ICP备",
    "建议使用",
    "分辨率",
    "打印本页",
    "关闭窗口",
    "上一篇",
    "下一篇",
    "相关链接",
    "相关文章",
    "扫一扫",
    "分享到",
    "责任编辑",
    "当前位置",
    "浏览次数",
    "发布时间",
    "发布日期",
    "来源：",
    "字号",
    "索引号",
)
