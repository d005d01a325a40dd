"""The style sheet, with the names of the theme's colours where they go. What it cannot say is drawn in `style`."""

from __future__ import annotations

SHEET = """
QToolTip {{ color: {text}; background: {raised}; border: 1px solid {line}; padding: 4px 7px; }}

#panel {{ background: {surface}; border-left: 1px solid {line}; }}
#transport {{ background: {surface}; border-top: 1px solid {line}; }}
#strip {{ background: {surface}; border-top: 1px solid {line}; }}
#muted, #strip QLabel {{ color: {muted}; }}
#strip #figure {{ color: {text}; }}

#message {{ background: {backdrop}; }}
#message #detail {{ color: {muted}; }}

#banner {{ background: {raised}; border: 1px solid {line}; border-left: 3px solid {warning}; border-radius: 6px; }}
#card {{ background: {surface}; border: 1px solid {line}; border-radius: 10px; }}
#keycap {{
    background: {raised}; border: 1px solid {line}; border-bottom-width: 2px; border-radius: 4px;
    padding: 1px 7px; color: {text};
}}
#fix {{ color: {accent}; }}
#section {{ color: {accent}; }}
#popup {{ background: {surface}; border: 1px solid {line}; }}
#chip {{ background: {raised}; border: 1px solid {line}; border-radius: 9px; padding: 3px 10px; color: {text}; }}
#chip:hover {{ border-color: {edge}; }}

QPushButton {{ background: {raised}; border: 1px solid {line}; border-radius: 5px; padding: 4px 12px; }}
QPushButton:hover {{ background: {line}; }}
QPushButton:pressed {{ background: {surface}; }}
QPushButton:focus, QPushButton:focus:hover {{ border-color: {accent}; }}
QPushButton:disabled {{ color: {faint}; background: transparent; }}
QPushButton#primary {{ background: {accent}; color: {on_accent}; border-color: {accent}; }}
QPushButton#primary:focus {{ border-color: {text}; }}
QPushButton#primary:disabled {{ background: {raised}; color: {faint}; border-color: {line}; }}

QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 4px; }}
QToolButton:hover {{ background: {raised}; }}
QToolButton:pressed, QToolButton:checked {{ background: {line}; }}
QToolButton:disabled {{ color: {faint}; background: transparent; }}
QToolButton:focus {{ border-color: {accent}; }}
QToolButton::menu-indicator {{ image: none; width: 0; }}
QToolButton#link {{ color: {muted}; padding: 2px 6px; }}
QToolButton#link:hover {{ color: {text}; }}
QToolButton#link:disabled {{ color: {faint}; background: transparent; }}

QMenu {{ background: {surface}; border: 1px solid {line}; padding: 5px; }}
QMenu::item {{ padding: 5px 22px 5px 10px; border: 1px solid transparent; border-radius: 4px; }}
QMenu::item:selected {{ background: {raised}; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::indicator {{ width: 14px; height: 16px; padding-left: 6px; }}
QMenu::icon {{ padding-left: 8px; }}
QMenu::right-arrow {{ width: 14px; height: 14px; }}
QMenu::separator {{ height: 1px; background: {line}; margin: 5px 6px; }}

QLineEdit {{
    background: {field}; border: 1px solid {line}; border-radius: 5px; padding: 3px 7px;
    selection-background-color: {accent}; selection-color: {on_accent};
}}
QLineEdit:hover {{ border-color: {edge}; }}
QLineEdit:focus {{ border-color: {accent}; }}
QLineEdit:disabled {{ color: {faint}; background: {surface}; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ background: transparent; border: none; padding: 0; }}
QTextEdit, QPlainTextEdit {{
    background: {field}; border: 1px solid {line}; border-radius: 5px;
    selection-background-color: {accent}; selection-color: {on_accent};
}}

QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {line}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {accent}; }}
QSlider::sub-page:horizontal:disabled {{ background: {line}; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -4px 0; border-radius: 6px; background: {text}; }}
QSlider::handle:horizontal:focus {{ background: {accent}; }}
QSlider::handle:horizontal:disabled {{ background: {faint}; }}

QProgressBar {{ border: none; border-radius: 1px; background: {raised}; max-height: 3px; }}
QProgressBar::chunk {{ border-radius: 1px; background: {accent}; }}

QTabBar {{ background: transparent; border: none; }}
QTabBar::tab {{ color: {muted}; padding: 6px 12px; border: none; border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {text}; }}
QTabBar::tab:selected {{ color: {text}; border-bottom-color: {accent}; }}
QTabBar::tab:focus {{ color: {accent}; }}
QHeaderView::section {{
    background: {surface}; color: {muted}; border: none; border-bottom: 1px solid {line}; padding: 4px 8px;
}}
QTableView, QListView, QTreeView {{
    background: {field}; border: 1px solid {line}; border-radius: 5px; gridline-color: {line}; outline: none;
}}

QTableCornerButton::section {{ background: {surface}; border: none; border-bottom: 1px solid {line}; }}
QComboBox QAbstractItemView {{
    background: {surface}; border: 1px solid {line}; border-radius: 0; padding: 4px;
    selection-background-color: {raised}; selection-color: {text};
}}

QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 10px; background: transparent; margin: 2px; }}
QScrollBar:horizontal {{ height: 10px; background: transparent; margin: 2px; }}
QScrollBar::handle {{ background: {line}; border-radius: 3px; }}
QScrollBar::handle:vertical {{ min-height: 28px; }}
QScrollBar::handle:horizontal {{ min-width: 28px; }}
QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {edge}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: none; height: 0; width: 0;
}}
"""
