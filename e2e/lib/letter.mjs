// The letter of the main job, in the shape of a real one; every name in it is invented.
export const SUBJECT = "phối hợp cung cấp số liệu chữ ký số và góp ý quy trình xử lý văn bản";
export const BODY = `Thực hiện Kế hoạch phát triển chính quyền số của tỉnh[^1], để hoàn thiện quy trình tiếp nhận, xử lý văn bản điện tử, Ủy ban nhân dân xã Tân Mẫu đề nghị các cơ quan phối hợp các nội dung sau:
1. **Sở Khoa học và Công nghệ**
a) Cung cấp danh sách chứng thư chữ ký số còn hiệu lực của xã, kèm ngày hết hạn từng chứng thư.
b) Cho ý kiến về dự thảo quy trình tiếp nhận văn bản đến tại Phụ lục[^2]; nêu rõ nội dung cần bổ sung, sửa đổi.
c) Cử một công chức làm đầu mối hỗ trợ trong thời gian chạy thử.
2. **Ủy ban nhân dân xã Hòa Mẫu**
a) Chia sẻ kinh nghiệm tổ chức ký số trên thiết bị di động của lãnh đạo.
b) Thống nhất cách ghi thông tin khi chuyển văn bản giữa hai xã:
- Ghi đúng mã định danh của cơ quan nhận;
- Gửi đủ phụ lục trong cùng một lần gửi;
- Trả lời trạng thái xử lý trong ngày làm việc.
3. **Thời hạn**
Văn bản trả lời gửi qua hệ thống quản lý văn bản **trước 16 giờ 30 phút ngày làm việc thứ năm** kể từ ngày nhận được văn bản này.
Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, đề nghị phản ánh về Ủy ban nhân dân xã Tân Mẫu (qua Phòng Văn hóa – Xã hội) để phối hợp giải quyết./.
[^1]: Kế hoạch số 204/KH-UBND ngày 20/01/2026 của Ủy ban nhân dân tỉnh Bình Mẫu.
[^2]: Khoản 3 Điều 9 Quy chế công tác văn thư ban hành kèm theo Quyết định số 12/QĐ-UBND ngày 15/3/2026 của Ủy ban nhân dân xã Tân Mẫu.
# Phụ lục: Dự thảo quy trình tiếp nhận văn bản đến
| STT | Bước | Người thực hiện | Thời hạn |
| 1 | Kiểm tra chữ ký số, nơi nhận | Văn thư | 15 phút |
| 2 | Vào sổ, trình lãnh đạo | Văn thư | Trong buổi |
| 3 | Cho ý kiến chỉ đạo | Lãnh đạo | 01 ngày làm việc |
| 4 | Xử lý, trả lời | Chuyên viên | Theo bút phê |
`;
export const REPLY_SUBJECT = "cung cấp số liệu chữ ký số và góp ý quy trình xử lý văn bản";
export const REPLY_BODY = `Phúc đáp đề nghị của Ủy ban nhân dân xã Tân Mẫu, Sở Khoa học và Công nghệ có ý kiến như sau:
1. Xã hiện có 26 chứng thư còn hiệu lực, trong đó 03 chứng thư hết hạn trong 60 ngày tới.
2. Thống nhất với dự thảo quy trình; đề nghị bổ sung bước kiểm tra văn bản trùng trước khi vào sổ.
Sở Khoa học và Công nghệ trả lời để Ủy ban nhân dân xã biết, thực hiện./.
`;
