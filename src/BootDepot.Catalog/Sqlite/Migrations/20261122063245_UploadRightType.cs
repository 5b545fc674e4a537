using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BootDepot.Catalog.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class UploadRightType : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "RightType",
                table: "UploadFacts",
                type: "TEXT",
                maxLength: 255,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Found",
                table: "ResumableUploads",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "RightType",
                table: "ResumableUploads",
                type: "TEXT",
                maxLength: 255,
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "CK_UploadFacts_RightType_Length",
                table: "UploadFacts",
                sql: "length(\"RightType\") <= 255");

            migrationBuilder.AddCheckConstraint(
                name: "CK_ResumableUploads_RightType_Length",
                table: "ResumableUploads",
                sql: "length(\"RightType\") <= 255");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "CK_UploadFacts_RightType_Length",
                table: "UploadFacts");

            migrationBuilder.DropCheckConstraint(
                name: "CK_ResumableUploads_RightType_Length",
                table: "ResumableUploads");

            migrationBuilder.DropColumn(
                name: "RightType",
                table: "UploadFacts");

            migrationBuilder.DropColumn(
                name: "Found",
                table: "ResumableUploads");

            migrationBuilder.DropColumn(
                name: "RightType",
                table: "ResumableUploads");
        }
    }
}
