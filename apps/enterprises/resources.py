from import_export.resources import ModelResource


class EnterpriseResource(ModelResource):
    pass


class YearlyFactResource(ModelResource):
    pass


class MonthlyFactResource(ModelResource):
    pass


class LandOccupationResource(ModelResource):
    pass
