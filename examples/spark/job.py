"""Counts the JSON lines of several exports, each opened in an executor of its own Java machine.

usage: job.py FUNCTION_JAR KEY EXPORT...
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql.types import LongType

jars, key, exports = sys.argv[1], sys.argv[2], sys.argv[3:]
spark = (
    SparkSession.builder.master("local-cluster[2,1,1024]").appName("exports")
    .config("spark.jars", jars).config("spark.ui.enabled", "false").getOrCreate()
)
spark.udf.registerJavaFunction("export_lines", "ExportLines", LongType())
rows = [(path, key) for path in exports]
frame = spark.createDataFrame(rows, ["part", "key"]).repartition(len(exports))
frame.createOrReplaceTempView("exports")
total = 0
for row in spark.sql("SELECT part, export_lines(part, key) AS lines FROM exports").collect():
    print(f"{row.lines} lines in {row.part}")
    total += row.lines
print(f"{total} lines in {len(exports)} exports")
spark.stop()
