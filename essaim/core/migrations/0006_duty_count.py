from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_workbooks'),
    ]

    operations = [
        migrations.AddField(
            model_name='duty',
            name='last_count',
            field=models.PositiveIntegerField(null=True),
        ),
    ]
