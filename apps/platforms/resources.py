from import_export.resources import ModelResource


class TownResource(ModelResource):
    pass


class IndustryResource(ModelResource):
    pass


class PlatformResource(ModelResource):
    pass


class ParcelResource(ModelResource):
    pass
