"""Spreadsheets (.xls, .xlsx, .xlsb, .et, .ods, XML): their cells as shown, and the blocks of filled rows."""
