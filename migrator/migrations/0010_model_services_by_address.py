from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("migrator", "0009_shared_model_services"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="modelservice",
            options={"ordering": ["kind", "name", "address"]},
        ),
        migrations.RemoveConstraint(
            model_name="modelservice",
            name="one_row_per_model_service",
        ),
        migrations.RemoveField(
            model_name="modelservice",
            name="instance",
        ),
        migrations.AlterField(
            model_name="modelservice",
            name="address",
            field=models.URLField(max_length=500, unique=True),
        ),
    ]
