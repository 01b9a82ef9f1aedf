"""Labels and marks in files beside pictures: COCO, LabelMe, Pascal VOC, YOLO, and tables with labels or runs."""
