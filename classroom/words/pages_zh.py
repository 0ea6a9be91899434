"""Chinese words that stand on the pages alone."""

WORDS: dict[str, str] = {
    "nothing": "暂无内容", "preparing": "正在推演课程的月份……",
    "overview": "总览", "help": "按键",
    "other_language": "English",
    "back": "退回一个月",
    "in_month": "第 {month} 月", "month_of": "第 {month} 月 / 共 {months} 月",
    "keys": "k：播放或暂停 · j：退回一个月 · l：前进一个月 · 0：回到开始 · 1 至 5：标签页",
    "strategy_start": "自第 {month} 月开始",
    "per_second": "每秒 {months} 个月",
    "click_band": "点击一条流，或打开表格中的一行，查看其中的贷款。",
    "filling": "其他世界：已完成 {done} / {worlds}",
    "choose_case": "损失最大的违约", "costliest": "至今新增贷款中损失最大的违约",
    "no_case": "尚未打开案卷：请选择一个，或点击流向图的一条带。",
    "live_twin": "经历孪生行", "points_spent": "{spent} / {points} 点",
    "copied": "已复制", "without_decisions": "同一家银行，不含您的决定",
    "code_note": "运行码包含课程及所有决定。任何人凭它都能重新经历同样的月份，"
                 "在这里或用 loanlab replay --code。",
    "choose_series": "显示",
    "status.current": "正常",
    "status.arrears": "逾期",
    "status.observed": "观察",
    "status.defaulted": "违约",
    "status.repaid": "已还清",
    "status.renewed": "已续贷",
    "status.written_off": "已核销",
    "status.settled": "已结清",
}  # fmt: skip
"""Key -> text."""
