using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BootDepot.Catalog.Postgres.Migrations
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
                type: "character varying(255)",
                maxLength: 255,
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "Found",
                table: "ResumableUploads",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<string>(
                name: "RightType",
                table: "ResumableUploads",
                type: "character varying(255)",
                maxLength: 255,
                nullable: true,
                collation: "C");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
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
