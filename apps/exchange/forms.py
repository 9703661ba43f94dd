from django import forms

from apps.core.clock import FIRST_YEAR, LAST_YEAR
from apps.core.wording import HouseWords
from apps.exchange.reading import MAX_BYTES


class UploadForm(HouseWords, forms.Form):
    """One file, and the year where the ledger counts by year."""

    file = forms.FileField(
        label="文件（.xlsx、.xls 或 .csv）",
        error_messages={"required": "请选择文件。"},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    year = forms.IntegerField(
        label="年份",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text="表中没有“年份”列时填写；有年份列时必须一致，可不填。",
    )

    def __init__(self, *args, by_year, **kwargs):
        super().__init__(*args, **kwargs)
        if not by_year:
            del self.fields["year"]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"文件超过 {MAX_BYTES // 1024**2} MB，请分成几个文件上传。")
        return file
