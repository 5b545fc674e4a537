using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace BootDepot.Catalog.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ImportWishes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "StreamViews");

            migrationBuilder.AddColumn<bool>(
                name: "IsMoreWanted",
                table: "ImportRuns",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "IsStopWanted",
                table: "ImportRuns",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "IsMoreWanted",
                table: "ImportRuns");

            migrationBuilder.DropColumn(
                name: "IsStopWanted",
                table: "ImportRuns");

            migrationBuilder.CreateTable(
                name: "StreamViews",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Arches = table.Column<string>(type: "TEXT", nullable: false),
                    Created = table.Column<long>(type: "INTEGER", nullable: false),
                    Images = table.Column<string>(type: "TEXT", nullable: false),
                    Labels = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 255, nullable: false),
                    TokenHash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Updated = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StreamViews", x => x.Id);
                    table.CheckConstraint("CK_StreamViews_Name_Length", "length(\"Name\") <= 255");
                });

            migrationBuilder.CreateIndex(
                name: "IX_StreamViews_Name",
                table: "StreamViews",
                column: "Name",
                unique: true);
        }
    }
}
