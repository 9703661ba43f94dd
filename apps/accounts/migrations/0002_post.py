# Apart from 0001: a post refers to platforms, whose history refers to the people of 0001.

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('platforms', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('audit_admin', '审计管理员'), ('per_mu', '亩均办'), ('park', '园区管理员'), ('town', '乡镇街道'), ('reporter', '部门报送员'), ('natural', '自然资源和规划局'), ('chain_chief', '链长'), ('chief_of_chiefs', '总链长'), ('chain_office', '链办'), ('evaluator', '考核办'), ('supervisor', '督查室'), ('approver', '领导小组'), ('leader', '县领导')], max_length=20, verbose_name='角色')),
                ('data_items', models.JSONField(blank=True, default=list, verbose_name='数据项')),
                ('start', models.DateField(verbose_name='任职日期')),
                ('end', models.DateField(blank=True, help_text='自该日起不再任职。', null=True, verbose_name='离任日期')),
                ('industry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='platforms.industry', verbose_name='产业')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='accounts.organisation', verbose_name='单位')),
                ('platform', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='platforms.platform', verbose_name='平台')),
                ('town', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='platforms.town', verbose_name='乡镇街道')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'verbose_name': '岗位',
                'verbose_name_plural': '岗位',
                'ordering': ['user', 'start', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('role__in', ['system_admin', 'security_admin', 'audit_admin', 'per_mu', 'park', 'town', 'reporter', 'natural', 'chain_chief', 'chief_of_chiefs', 'chain_office', 'evaluator', 'supervisor', 'approver', 'leader'])), name='post_role'), models.CheckConstraint(condition=models.Q(('end__isnull', True), ('end__gte', models.F('start')), _connector='OR'), name='post_term')],
            },
        ),
    ]
