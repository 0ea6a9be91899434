"""Chinese words of the journal: the same keys and facts as in simulation.story.english."""

from __future__ import annotations

TEXTS = {
    # 企业
    "setback": "需求下降 {lost_share}",
    "distress": "企业从此陷入困境",
    "called_distress": "企业从此陷入困境：被要求履行担保责任",
    "refusal": "企业主有能力却决定不还：现金 {cash_fen}",
    "application": "申请贷款",
    "renewal_request": "申请续贷",
    "drawing": "提用额度 {drawn_fen}",
    "arrears": "还款 {paid_fen}，尚欠 {owed_fen}，逾期 {late_days}",
    "current": "还清逾期（{paid_fen}）",
    "repaid": "贷款全部还清（{paid_fen}）",
    "closure": "企业关闭",
    "call": "因互保圈内其他成员违约，被要求代偿",
    "call_paid": "作为担保人代偿 {paid_fen}",
    "diversion": "其中 {diverted_fen} 流出经营",
    # 客户经理
    "departure": "客户经理离职；岗位空缺至{until_month}",
    "rotation": "客户移交给另一名客户经理",
    # 档案
    "waiting": "{kind}等待处理：没有工时",
    "withdrawn": "{kind}等待 {waited_months}仍未审批，就此终止",
    "decision": "{kind}已审批：{outcome}",
    "firm": "企业：{sector}，{employees}；档案所载月销售额 {sales_fen}",
    "wish": "申请 {asked_fen}，{use}；档案所载资金需求 {stated_need_fen}；{security}",
    "renewal_wish": "申请续贷 {balance_fen}；档案所载资金需求 {stated_need_fen}；{security}",
    "load": "客户经理本月有 {clients}和 {files}；每份档案得到应有工时的 {effort_share}",
    "check_line": "{check}：{outcome}",
    "check_because": "（{why}）",
    "check_made": "已核查",
    "check_skipped": "已跳过",
    "check_found_nothing": "，未发现问题",
    "belief": "客户经理认定评分为 {believed_sd} 标准差",
    "proposal": "客户经理上报评分 {proposed_sd} 标准差",
    "raised_proposal": "客户经理上报评分 {proposed_sd} 标准差，高于其认定",
    "review": "审查人自行评分 {own_sd} 标准差；综合评分 {score_sd} 标准差",
    "rubber_stamp": "审查没有提问；按上报通过",
    "granted": "{decider}批准：评分 {score_sd} 标准差，准入线 {cutoff_sd}；自申请起 "
               "{decision_days}",
    "refused": "{decider}拒绝，{why}：评分 {score_sd} 标准差，准入线 {cutoff_sd}；自申请起 "
               "{decision_days}",
    "override": "{decider}越过准入线",
    "terms": "额度 {limit_fen}（{basis}），年利率 {annual_rate}，期限 {tenor_months}，{repayment}；"
             "现已发放 {paid_out_fen}",
    "renewal_terms": "新合同 {limit_fen}，年利率 {annual_rate}，{repayment}，{due_month}到期；"
                     "没有发放资金",
    "registered": "房产评估 {appraised_fen}，已登记",
    "unregistered": "房产评估 {appraised_fen}，未登记：无法处置",
    "entrusted": "受托支付给企业的供应商",
    "own_account": "支付到企业自己的账户：用途无人控制",
    "full_check_lends": "充分核查会发放 {full_check_fen}",
    "full_check_refuses": "充分核查会拒绝",
    "full_check_too_mild": "真实情况低于准入线：充分核查也会出错，其数据仍有误差",
    "full_check_too_strict": "真实情况达到准入线：充分核查也会出错，或因金额、互保圈、"
                             "过往违约而拒绝",
    # 贷后
    "alert": "预警系统发出预警",
    "visit": "登记了一次贷后检查",
    "desk_visit": "登记了一次贷后检查，但只在办公室完成：无人到场",
    "missed_visit": "应做的贷后检查没有做",
    "visit_report": "贷后检查发现困境：发出预警",
    "kept_quiet": "贷后检查发现困境；客户经理替老客户隐瞒",
    "nothing_noticed": "检查没有新的发现",
    "recall": "首次检查发现资金流失；追回 {returned_fen}",
    "answer": "{raised_month}的预警在 {waited_months}后得到处置",
    "unread_alert": "{raised_month}的预警未经查看即关闭",
    "unanswered_alert": "{raised_month}的预警仍未处置",
    "no_action": "未采取措施：客户经理不认为企业有问题",
    "freeze": "未提用的额度 {frozen_fen} 被冻结",
    "easing": "还款放宽为每月 {instalment_fen}",
    "exit": "另一家银行接手贷款（{paid_fen}）",
    "early_collection": "提前收回 {paid_fen}",
    "more_security": "追加担保：{given_fen}",
    "extension": "到期无力偿还：{balance_fen} 展期至{due_month}，计入利息 "
                 "{capitalised_fen}",
    # 违约及其后
    "default": "违约：敞口 {ead_fen}",
    "default_with_guarantors": "违约：敞口 {ead_fen}，追索 {guarantors}",
    "hiding": "违约没有上报：贷款仍列为关注类",
    "found_by_audit": "审计发现被隐瞒 {hidden_months}的违约",
    "surfacing": "被隐瞒的违约暴露",
    "class": "贷款现分类为{loan_class}",
    "cure": "达成和解：贷款分期偿还，期限 {tenor_months}",
    "suit": "未能和解；自{suit_month}起诉，违约后 {wait_months}",
    "suit_planned": "未能和解；计划于{suit_month}起诉，违约后 {wait_months}",
    "sale_planned": "抵押物将于{sale_month}处置",
    "guarantor_paid": "担保人（企业 {payer}）支付 {recovered_fen}",
    "recovery": "收回 {recovered_fen}：{sources}",
    "write_off": "核销 {written_off_fen}",
    "end": "结案：敞口 {ead_fen}，收回 {recovered_fen}，损失 {lost_fen}（未折现）",
    # 课堂
    "order": "学员下达指令：{order}",
    "order_grants": "按学员指令：批准，推翻了{decider}的拒绝",
    "order_refuses": "按学员指令：拒绝，推翻了{decider}的批准",
    "order_cuts": "按学员指令：{decider}批准的 {whole_fen} 减半",
    "nothing_to_cut": "按学员指令：没有变化，{decider}已拒绝，没有额度可压缩",
    "order_surfaces": "按学员指令：被隐瞒 {hidden_months}的违约得以暴露",
    "order_fails": "按学员指令：没有变化，企业欠息",
    # 故事的框架
    "earlier": "此前：{files}，{outcome}：{earlier_month}",
    "still_open": "记录到此为止；贷款仍未结清（{status}，余额 {balance_fen}）",
}  # fmt: skip
"""What happened -> sentence."""

_MONEY = "现金 {cash_fen}，供应商授信 {line_fen}，隐性负债每月需 {hidden_service_fen}"
_WHY = "[，逾期 {late_days}][，{reason}]"

TRUTHS = {
    "distress": f"：资金只够 {{runway}}（{_MONEY}）",
    "called_distress": f"（{_MONEY}）",
    "arrears": f"（真实：{_MONEY}）",
    "call": f"（真实：{_MONEY}）",
    "closure": f"（真实：{_MONEY}）",
    "firm": "（真实：销售额 {true_sales_fen}，现金 {cash_fen}，隐性负债每月需 "
            "{hidden_service_fen}）",
    "wish": "（真实需求：{true_need_fen}）",
    "load": "（能力 {skill_share}）",
    "belief": "，真实值为 {true_sd}",
    "raised_proposal": "：{raised_for}",
    "alert": "；将于{answer_month}送达客户经理",
    "visit_report": "；将于{answer_month}送达客户经理",
    "visit": f"（真实：{{distressed}}{_WHY}[；资金可支撑时间：{{runway}}]）",
    "missed_visit": f"（真实：{{distressed}}{_WHY}[；资金可支撑时间：{{runway}}]）",
    "answer": f"（企业真实状况：{{distressed}}{_WHY}）",
    "unread_alert": f"（企业真实状况：{{distressed}}{_WHY}）",
    "default": "：{refuses}",
    "default_with_guarantors": "；{refuses}",
    "surfacing": "，已隐瞒 {hidden_months}，为本模型允许的最长时间（假设）",
}  # fmt: skip
"""What happened -> clause that follows where the truth may be told."""

NAMES = {
    "approve": "批准", "cut": "压缩额度", "refuse": "拒绝",
    "collateral": "要求担保", "visit": "上门检查",
    "restructure": "重组", "sue": "起诉",
    "application": "申请", "renewal": "续贷", "granted": "批准",
    "refused": "拒绝", "withdrawn": "批准，但企业已转向他行",
    "manufacturing": "制造业", "construction": "建筑业", "wholesale": "批发业",
    "retail": "零售业", "transport": "运输业", "hospitality": "住宿餐饮业",
    "services": "服务业", "other": "其他行业",
    "long_use": "用于长期资产", "short_use": "用于流动资金",
    "unsecured": "无担保", "real_estate": "房产抵押",
    "circle": "互保圈担保", "company": "公司担保",
    "branch_head": "支行行长", "committee": "审贷委员会",
    "score": "低于准入线", "closed": "银行对该企业暂停授信",
    "interest_owed": "欠息", "amount": "金额对企业过小",
    "as_asked": "按申请金额、统一定价", "formula": "按银行公式",
    "bullet": "到期一次还本", "instalment": "分期还款",
    "relation": "因为是老客户", "pressure": "迫于放贷压力",
    "hours": "没有工时", "pay for volume": "按放贷量计酬", "not insisted on": "没有强制要求",
    "skill": "能力不足", "no map": "互保圈未被银行识别",
    "called": "被要求代偿", "distressed": "陷入困境", "sound": "未陷入困境",
    "refuses": "企业主拒绝还款", "cannot": "企业无力还款",
    "normal": "正常类", "special_mention": "关注类", "substandard": "次级类",
    "doubtful": "可疑类", "loss": "损失类",
    "sale": "处置抵押物", "guarantee": "担保公司",
    "assets": "企业其他资产的份额",
    "no_end": "足够长",
    "current": "正常", "arrears": "逾期", "observed": "观察期",
    "defaulted": "违约",
    "written_off": "已核销",
}  # fmt: skip
"""Names of what facts may be."""

CHECKS = {
    "statements": "报表交叉核实", "sources": "收入三方来源核实",
    "owner": "企业主与隐性负债核查", "appraisal": "押品复评",
    "circle_map": "互保圈识别",
}  # fmt: skip
"""Names of the checks on a file."""

UNITS = {
    "at_month": ("第 {} 月", "第 {} 月"), "between": ("、", "、"),
    "month": ("个月", "个月"), "day": ("天", "天"), "money": ("元", "元"),
    "guarantor": ("名担保人", "名担保人"), "client": ("名客户", "名客户"),
    "employee": ("名员工", "名员工"), "file": ("份档案", "份档案"),
}  # fmt: skip
"""Units, one and many; ``at_month`` is a month of the calendar, ``between`` stands in a list."""
